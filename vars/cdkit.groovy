/*
 * cdkit as a step of Jenkins pipelines.
 *
 *     cdkit()                                     runs the pipeline of cdkit.yaml
 *     cdkit(file: 'shop/cdkit.yaml', env: 'live') runs another one, to an environment
 *     cdkit(step: 'build-image', repository: ...) runs one step
 *     cdkit.stages()                              runs a pipeline, and shows each of its steps as a stage
 *
 * The settings are those of `cdkit.txt`, Jenkins' help page of this step. Beside them, this step itself knows:
 *
 *     credentials  secrets for the run, by the variable that holds them: [TOKEN: 'id of a secret text'], or bindings as
 *                  `withCredentials` takes them: [file(credentialsId: 'staging', variable: 'KUBECONFIG')]
 *     unstable     exit codes that make the build unstable and do not fail it; [8] when left out
 *     program      where cdkit is on the node; `cdkit` when left out
 *
 * Settings reach cdkit by the environment only: no shell ever reads one. `sh 'cdkit run'` works just as well, without
 * reports and with no exit code but 0 as a success.
 */
import groovy.json.JsonOutput
import groovy.json.JsonSlurperClassic
import groovy.transform.Field

@Field final List OWN_SETTINGS = ['credentials', 'unstable', 'program']
@Field final List UNSTABLE = [8]
@Field final List CANCELLED = [130, 143]
@Field final Map MEANINGS = [
    1: 'the work itself failed: a test, a build, a command',
    2: 'the pipeline file or the settings are wrong',
    3: 'a check found that it could not work; nothing was changed',
    4: 'the world failed: registry, engine or cluster',
    5: 'it took too long',
    6: 'the rollout failed and was rolled back',
    7: 'the rollout failed and could not be rolled back: look at the cluster',
    8: 'refused: a newer or another deployment holds the environment',
    130: 'cancelled',
    143: 'cancelled',
]

/** Runs a pipeline, or with `step` one step, and judges the build by its exit code, which it gives. */
int call(Map settings = [:]) {
    int code = perform(settings)
    judge(code, settings)
    return code
}

/** Runs a pipeline, and then shows each of its steps as a stage of its own, with its log and its result. */
int stages(Map settings = [:]) {
    int code = 0
    stage('cdkit') { code = perform(settings) }
    for (Map step in stepsOfLastRun(settings)) {
        mirror(step, code, settings)
    }
    judge(code, settings)
    return code
}

/** The exit code of a run, whose reports are published. */
int perform(Map settings) {
    int code = 0
    dir(reportsFolder(settings)) { deleteDir() } // those of an earlier build
    withSecrets(settings.credentials) {
        withEnv(place(settings) + environment(settings)) {
            code = sh(label: title(settings), script: '"$CDKIT_PROGRAM" from-settings', returnStatus: true)
        }
    }
    publish(reportsFolder(settings))
    return code
}

/** Runs a body with secrets in its environment, which Jenkins masks in its log. */
void withSecrets(Object credentials, Closure body) {
    if (!credentials) {
        body()
        return
    }
    List bindings = credentials instanceof Map ?
        credentials.collect { variable, id -> string(credentialsId: id, variable: variable) } : credentials
    withCredentials(bindings) { body() }
}

/** The settings as `cdkit from-settings` reads them, with lists and maps as JSON. */
List<String> environment(Map settings) {
    Map given = settings.findAll { name, value -> !(name in OWN_SETTINGS) && value != null }
    return given.collect { name, value ->
        String text = value instanceof Map || value instanceof List ? JsonOutput.toJson(value) : "${value}"
        "PLUGIN_${name.replaceAll('[.-]', '_').toUpperCase()}=${text}".toString()
    }
}

/** What the shell needs: the program, and the pipeline file for questions about its last run. */
List<String> place(Map settings) {
    return [
        "CDKIT_PROGRAM=${settings.program ?: 'cdkit'}".toString(),
        "CDKIT_FILE=${settings.file ?: 'cdkit.yaml'}".toString(),
    ]
}

/** Hands the reports to Jenkins. The exit code decides on the build, not the reports. */
void publish(String folder) {
    junit(testResults: "${folder}/junit.xml", allowEmptyResults: true, skipMarkingBuildUnstable: true)
    archiveArtifacts(artifacts: "${folder}/**", allowEmptyArchive: true)
}

/** Where cdkit leaves its reports: beside the pipeline file. */
String reportsFolder(Map settings) {
    String file = settings.file ?: 'cdkit.yaml'
    String folder = file.contains('/') ? file.substring(0, file.lastIndexOf('/') + 1) : ''
    return "${folder}.cdkit/reports"
}

/** What the log calls a run. */
String title(Map settings) {
    return ['cdkit', settings.step ?: settings.file, settings.env].findAll().join(' ')
}

/** The steps of the run that has just ended; none where it ended before it began. */
List<Map> stepsOfLastRun(Map settings) {
    if (!fileExists("${reportsFolder(settings)}/junit.xml")) {
        return []
    }
    String told = ''
    withEnv(place(settings)) {
        told = sh(
            label: 'the steps of the run',
            script: '"$CDKIT_PROGRAM" runs show --file "$CDKIT_FILE" --output json',
            returnStdout: true,
        )
    }
    return new JsonSlurperClassic().parseText(told).steps
}

/** A stage that shows a step that has ended. */
void mirror(Map step, int code, Map settings) {
    stage(step.name) {
        withEnv(place(settings) + ["CDKIT_STEP=${step.name}".toString()]) {
            sh(
                label: "${step.name} (${step.uses})",
                script: '"$CDKIT_PROGRAM" runs logs --file "$CDKIT_FILE" --step "$CDKIT_STEP"',
            )
        }
        if (step.status == 'failed') {
            String result = step.tolerated || isUnstable(code, settings) ? 'UNSTABLE' : 'FAILURE'
            catchError(buildResult: 'SUCCESS', stageResult: result) { error(step.failure.message) }
        } else {
            echo("${step.status}${step.reason ? ": ${step.reason}" : ''}")
        }
    }
}

/** Makes the build what an exit code says: good, unstable, aborted or failed. */
void judge(int code, Map settings) {
    if (code == 0) {
        return
    }
    String message = "cdkit: ${MEANINGS[code] ?: 'it failed'} (exit code ${code})"
    if (isUnstable(code, settings)) {
        unstable(message)
        return
    }
    if (code in CANCELLED) {
        currentBuild.result = 'ABORTED'
    }
    error(message)
}

/** Whether an exit code leaves the build unstable and does not fail it. */
boolean isUnstable(int code, Map settings) {
    return code in (settings.unstable == null ? UNSTABLE : settings.unstable)
}
