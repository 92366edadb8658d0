"""The rules of sense: one module a concern, all of them in `RULES`."""

from cdkit_manifests.validation.rule import Rule
from cdkit_manifests.validation.rules import amounts, names, once, ports, references, running, scaling, selectors

RULES: tuple[Rule, ...] = (
    Rule(
        "object-name",
        "The names of objects are ones that Kubernetes takes: of the signs and the length that their kind allows.",
        "Use lower case letters, digits and dashes, and a letter first.",
        names.object_names,
    ),
    Rule(
        "pod-name",
        "The names of containers and volumes are DNS labels of at most 63 characters.",
        "Use lower case letters, digits and dashes.",
        names.names_in_pods,
    ),
    Rule(
        "variable-name",
        "The names of environment variables are letters, digits, dashes, dots and underscores, and no digit first.",
        "Rename the variable.",
        names.variables,
    ),
    Rule(
        "label",
        "Keys and values of labels are legal, on objects, on pods and in selectors.",
        "Use at most 63 letters, digits, dashes, dots and underscores, a letter or digit at both ends.",
        names.label_syntax,
    ),
    Rule(
        "annotation",
        "Keys of annotations are legal, and all annotations of an object are at most 256 KiB.",
        "Correct the key, or put large values into a ConfigMap.",
        names.annotation_syntax,
    ),
    Rule(
        "object-once",
        "No object stands twice.",
        "Leave one out, or give it another name.",
        once.objects,
    ),
    Rule(
        "name-once",
        "Containers and volumes of a pod, and variables of a container, have names of their own.",
        "Leave one out, or give it another name.",
        once.names_in_pods,
    ),
    Rule(
        "port-once",
        "A port stands once, by its number and protocol and by its name; each of several ports of a Service has one.",
        "Leave one out, or give it another number and name.",
        ports.once,
    ),
    Rule("port-number", "Ports are numbers from 1 to 65535.", "Say another port.", ports.numbers),
    Rule(
        "port-name",
        "The name of a container's port has at most 15 lower case letters, digits and dashes, and a letter among them.",
        "Use a name of https://www.iana.org/assignments/service-names, like http.",
        ports.names,
    ),
    Rule(
        "service-pods",
        "A Service selects pods of these manifests.",
        "Make the selector equal to labels of the pods.",
        selectors.pods_of_services,
    ),
    Rule(
        "service-port",
        "The target port of a Service is a port of all pods that it selects.",
        "Say a port that the container has, or give the container that port.",
        ports.targets_of_services,
    ),
    Rule(
        "probe-port",
        "A probe that names a port means one of its own container.",
        "Say a port that the container has, by name or number.",
        ports.ports_of_probes,
    ),
    Rule(
        "route-backend",
        "An Ingress or HTTPRoute leads to a port of a Service that is there.",
        "Say a Service and one of its ports.",
        ports.backends,
    ),
    Rule(
        "selector",
        "A workload selects the pods that it makes.",
        "Give the pods the labels of the selector.",
        selectors.own_pods,
    ),
    Rule(
        "budget-pods",
        "A PodDisruptionBudget selects pods of these manifests.",
        "Make the selector equal to labels of the pods.",
        selectors.pods_of_budgets,
    ),
    Rule(
        "budget-room",
        "A PodDisruptionBudget leaves at least one pod that may be evicted.",
        "Run more pods, or say `maxUnavailable: 1` instead.",
        scaling.budgets,
    ),
    Rule(
        "autoscaler-target",
        "What a HorizontalPodAutoscaler scales is there.",
        "Say the kind and name of a workload.",
        scaling.targets,
    ),
    Rule(
        "autoscaler-replicas",
        "What a HorizontalPodAutoscaler scales says no number of replicas.",
        "Leave `replicas` out.",
        scaling.owners,
    ),
    Rule(
        "autoscaler-bounds",
        "The fewest pods of a HorizontalPodAutoscaler are not more than the most.",
        "Correct `minReplicas` or `maxReplicas`.",
        scaling.bounds,
    ),
    Rule(
        "quantity",
        "Amounts of memory, processor time and storage can be read.",
        "Write it like 500m, 2 or 128Mi.",
        amounts.quantities,
    ),
    Rule(
        "request-within-limit",
        "No container asks for more than its limit.",
        "Raise the limit, or ask for less.",
        amounts.within_limits,
    ),
    Rule(
        "container",
        "A pod has a container, and each container an image.",
        "Say the `image`.",
        running.containers,
    ),
    Rule(
        "mount",
        "What a container mounts is a volume of its pod, and no two mounts have one path.",
        "Add the volume, or correct the name or the path.",
        references.mounts,
    ),
    Rule(
        "reference",
        "The ConfigMaps, Secrets, claims and accounts that pods need are among the manifests, or named in `external`.",
        "Add the object, name it in `external` (`Secret/db`) if the cluster has it, or mark the reference `optional`.",
        references.objects,
    ),
    Rule(
        "stateful-service",
        "The Service of a StatefulSet is there.",
        "Add a headless Service of that name.",
        references.services_of_stateful_sets,
    ),
    Rule(
        "restart-policy",
        "The pods of Jobs may end (`OnFailure`, `Never`), all others are always started again.",
        "Correct `restartPolicy`.",
        running.restarts,
    ),
    Rule(
        "root",
        "What must not run as root does not say that it runs as root.",
        "Say another `runAsUser`.",
        running.users,
    ),
    Rule(
        "schedule",
        "The schedule of a CronJob can be read.",
        "Write five parts, like `*/15 * * * *`, or @hourly.",
        running.schedules,
    ),
    Rule(
        "pinned-image",
        "In a release every image has a digest, or a tag other than `latest`.",
        "Hand on the digest that push-to-registry gives.",
        running.pinned_images,
    ),
)
"""All rules, in the order in which they are followed."""
