"""Enrichers: one module a concern. Each takes the wish and adds to the draft, one after the other in a fixed order."""

from cdkit.api import ManifestEnricher


def own_enrichers() -> list[ManifestEnricher]:
    """The enrichers of cdkit itself. What labels, annotations and a namespace mark must be there before them."""
    from cdkit_manifests.enrichers import (
        annotations,
        autoscale,
        budget,
        combine,
        controller,
        data,
        environment,
        fragments,
        image,
        ingress,
        job_name,
        labels,
        lifecycle,
        metrics,
        namespace,
        network_policy,
        placement,
        ports,
        probes,
        resources,
        rollout,
        security,
        service,
        service_account,
        sidecars,
        volumes,
    )

    return [
        ManifestEnricher(
            CONTROLLER, "the object that runs the pods, by what the application is", controller.enrich, 10
        ),
        ManifestEnricher("rollout", "replicas, and how new pods take the place of old ones", rollout.enrich, 20),
        ManifestEnricher("image", "pull policy, pull secrets, command and arguments", image.enrich, 30),
        ManifestEnricher("ports", "the container's ports, by their usual names", ports.enrich, 40),
        ManifestEnricher("data", "ConfigMaps and Secrets from files, with a hash in the name", data.enrich, 50),
        ManifestEnricher("environment", "environment variables", environment.enrich, 60),
        ManifestEnricher("volumes", "volumes and claims", volumes.enrich, 70),
        ManifestEnricher("probes", "startup, readiness and liveness", probes.enrich, 80),
        ManifestEnricher("resources", "what a pod asks for, and may take", resources.enrich, 90),
        ManifestEnricher("security", "a security context without what a service never needs", security.enrich, 100),
        ManifestEnricher("sidecars", "containers beside and before the application", sidecars.enrich, 110),
        ManifestEnricher("lifecycle", "how a pod ends", lifecycle.enrich, 120),
        ManifestEnricher("service-account", "who the pod is at the API server", service_account.enrich, 130),
        ManifestEnricher("placement", "pods on different nodes", placement.enrich, 140),
        ManifestEnricher("service", "a stable address for the pods", service.enrich, 150),
        ManifestEnricher("ingress", "an Ingress or an HTTPRoute for the domain", ingress.enrich, 160),
        ManifestEnricher("network-policy", "who may talk to the pods", network_policy.enrich, 170),
        ManifestEnricher("autoscale", "a HorizontalPodAutoscaler", autoscale.enrich, 180),
        ManifestEnricher("budget", "a PodDisruptionBudget", budget.enrich, 190),
        ManifestEnricher("metrics", "where Prometheus finds figures", metrics.enrich, 200),
        ManifestEnricher("combine", "manifests of what the project uses", combine.enrich, 600),
        ManifestEnricher("fragments", "the project's own partial manifests", fragments.enrich, 700),
        ManifestEnricher("labels", "the recommended labels, and selectors without a version", labels.enrich, 800),
        ManifestEnricher("annotations", "where the objects come from", annotations.enrich, 810),
        ManifestEnricher("namespace", "the namespace, where one was said", namespace.enrich, 820),
        ManifestEnricher("job-name", "a name of its own for a Job that says something else", job_name.enrich, 830),
    ]


CONTROLLER = "controller"
"""The one that cannot be left out: all others write to what it makes."""
