// Plays a Jenkins controller for one Jenkinsfile: groovy play.groovy JENKINSFILE VARS REPORT
//
// The steps of Jenkins that the examples and the library use are stubs that note how they were called; `sh` really runs
// its script. REPORT gets all that as JSON: the build's result, its log, and the calls with the stages they stood in.
import groovy.json.JsonOutput
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.customizers.ImportCustomizer

/** What `@Library('name@version') _` is; the library is there anyway. */
@interface Library {
    String value()
}

/** The end of a build: the step `error`, and a shell step that fails. */
class BuildEnded extends RuntimeException {
    BuildEnded(String message) {
        super(message)
    }
}

/** What one build is made of; every script of it shares this. */
class Build {
    static final List WORST_LAST = ['SUCCESS', 'UNSTABLE', 'FAILURE', 'ABORTED']
    String result = 'SUCCESS'
    Map stageResults = [:]
    List calls = []
    List stages = []
    List folders = []
    List environments = []
    List secrets = []
    StringBuilder log = new StringBuilder()

    void note(String step, Map arguments) {
        calls << [step: step, stage: stages.join(' / '), *: arguments]
    }

    void say(String text) {
        secrets.each { text = text.replace(it, '****') }
        log << text << '\n'
    }

    void worsen(String to) {
        result = WORST_LAST[Math.max(WORST_LAST.indexOf(result), WORST_LAST.indexOf(to))]
    }

    File folder() {
        return folders.inject(new File('.').canonicalFile) { File place, String name -> new File(place, name) }
    }

    def within(List stack, Object item, Closure body) {
        stack.add(item) // `push` means the other end in later versions
        try {
            return body()
        } finally {
            stack.remove(stack.size() - 1)
        }
    }

    Map run(String script) {
        File file = File.createTempFile('script', '.sh')
        file.text = script
        ProcessBuilder builder = new ProcessBuilder('sh', '-xe', file.path).directory(folder())
        environments.each { builder.environment().putAll(it) }
        Process process = builder.start()
        StringBuffer out = new StringBuffer(), err = new StringBuffer()
        process.waitForProcessOutput(out, err)
        file.delete()
        return [code: process.exitValue(), out: out.toString(), err: err.toString()]
    }
}

/** The steps. Those of declarative pipelines are the same words, with sections that only hold others. */
abstract class Steps extends Script {
    Build getBuild() { binding.getVariable('build') }

    def methodMissing(String name, Object arguments) {
        if (binding.hasVariable(name)) {
            return binding.getVariable(name).call(*arguments)
        }
        throw new MissingMethodException(name, this.class, arguments as Object[])
    }

    Map getScm() { [:] }
    def getAny() { 'any' }
    def getNone() { 'none' }
    def getCurrentBuild() { build }

    def pipeline(Closure body) { body() }
    def stages(Closure body) { body() }
    def steps(Closure body) { body() }
    def agent(Object which) { build.note('agent', [which: which]) }
    def options(Closure body) { body() }
    def disableConcurrentBuilds() { build.note('disableConcurrentBuilds', [:]) }
    def timeout(Map arguments) { build.note('timeout', arguments) }
    def input(Map arguments) { build.note('input', arguments) }

    def node(Closure body) { body() }
    def checkout(Object from) { build.note('checkout', [:]) }
    def parallel(Map branches) { branches.each { name, body -> build.within(build.stages, name, body) } }

    def stage(String name, Closure body) {
        build.stageResults[name] = 'SUCCESS'
        return build.within(build.stages, name, body)
    }

    def withEnv(List variables, Closure body) {
        Map parsed = variables.collectEntries { it.split('=', 2) as List }
        return build.within(build.environments, parsed, body)
    }

    def string(Map arguments) { [kind: 'string', *: arguments] }
    def file(Map arguments) { [kind: 'file', *: arguments] }

    def withCredentials(List bindings, Closure body) {
        Map bound = bindings.collectEntries { [it.variable, "secret of ${it.credentialsId}".toString()] }
        build.note('withCredentials', [bindings: bindings])
        build.secrets.addAll(bound.values())
        return build.within(build.environments, bound, body)
    }

    def dir(String path, Closure body) { build.within(build.folders, path, body) }
    def deleteDir() { build.folder().deleteDir() }
    boolean fileExists(String path) { new File(build.folder(), path).exists() }
    def echo(String message) { build.say(message) }

    def junit(Map arguments) {
        File report = new File(build.folder(), arguments.testResults)
        build.note('junit', [*: arguments, found: report.exists() ? report.text : ''])
    }

    def archiveArtifacts(Map arguments) { build.note('archiveArtifacts', arguments) }

    def sh(String script) { sh(script: script) }

    def sh(Map arguments) {
        Map ended = build.run(arguments.script)
        build.say(ended.err)
        build.note('sh', [*: arguments, code: ended.code])
        if (arguments.returnStdout) {
            return ended.out
        }
        build.say(ended.out)
        if (arguments.returnStatus) {
            return ended.code
        }
        if (ended.code) {
            error("script returned exit code ${ended.code}")
        }
    }

    def error(String message) { throw new BuildEnded(message) }

    def unstable(String message) {
        build.say("WARNING: $message")
        build.worsen('UNSTABLE')
    }

    def catchError(Map arguments, Closure body) {
        try {
            body()
        } catch (BuildEnded ended) {
            build.say("ERROR: $ended.message")
            build.worsen(arguments.buildResult)
            build.stageResults[build.stages.last()] = arguments.stageResult
        }
    }
}

def (jenkinsfile, vars, report) = args.collect { new File(it) }
CompilerConfiguration configuration = new CompilerConfiguration(scriptBaseClass: Steps.name)
configuration.addCompilationCustomizers(new ImportCustomizer().addImports(Library.name))
Build build = new Build()
Binding global = new Binding(build: build)
GroovyShell shell = new GroovyShell(this.class.classLoader, global, configuration)
vars.eachFileMatch(~/.*\.groovy/) { global.setVariable(it.name - '.groovy', shell.parse(it)) }
try {
    shell.evaluate(jenkinsfile)
} catch (BuildEnded ended) {
    build.say("ERROR: $ended.message")
    build.worsen('FAILURE')
}
report.text = JsonOutput.toJson([
    result: build.result, stages: build.stageResults, calls: build.calls, log: build.log.toString(),
])
