"""Every image is in its registry, and there is one for the machines that shall run it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cdkit.api import AccessDenied, Problem, RegistryUnreachable, ask_all
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.nodes import may_run_on
from cdkit_deploy.preflight.pods import PodTemplate
from cdkit_deploy.preflight.surroundings import Surroundings


def findings(around: Surroundings) -> Iterator[Finding]:
    """A problem for each image that is not there or runs on no node; a doubt where that cannot be known from here."""
    users = _users(around.templates)
    found = ask_all([partial(_of_image, around, image, whose) for image, whose in users.items()])
    for findings_of_one in found:
        yield from findings_of_one


def _users(templates: list[PodTemplate]) -> dict[str, list[PodTemplate]]:
    """The images that have to be pulled, and whose they are."""
    users: dict[str, list[PodTemplate]] = {}
    for template in templates:
        for container in template.containers:
            if container.get("image") and container.get("imagePullPolicy") != "Never":
                users.setdefault(container["image"], []).append(template)
    return users


def _of_image(around: Surroundings, image: str, users: list[PodTemplate]) -> list[Finding]:
    try:
        platforms = around.platforms(image)
    except AccessDenied as error:
        return [Doubt(f"Whether {image} exists is not known: {error.message} The cluster may be let in all the same.")]
    except RegistryUnreachable as error:
        return [Doubt(f"Whether {image} exists is not known: {error.message} The cluster may reach the registry.")]
    if platforms is None:
        message = f"{users[0].owner} needs the image {image}, and its registry has none of that name."
        return [Problem(message, None, "Push it first, or correct the name.")]
    return [finding for template in users for finding in _for_nodes(around, image, template, platforms)]


def _for_nodes(
    around: Surroundings, image: str, template: PodTemplate, platforms: tuple[str, ...]
) -> Iterator[Finding]:
    machines = _machines(around, template)
    served = {_machine(platform) for platform in platforms}
    missing = sorted(machines - served)
    if not missing or not served:
        return
    has = f"{image} is for {', '.join(sorted(served))}"
    if missing == sorted(machines):
        remedy = f"Build it for {missing[0]} too (`platforms` of build-image)."
        yield Problem(f"{has}, and the nodes that may run {template.owner} are {', '.join(missing)}.", None, remedy)
    else:
        yield Doubt(
            f"{has}, and a pod of {template.owner} may also come to a node of {', '.join(missing)}: build it for all, "
            f"or choose nodes by the label kubernetes.io/arch."
        )


def _machines(around: Surroundings, template: PodTemplate) -> set[str]:
    """The platforms of the nodes that pods may come to; none where the account may not look at nodes."""
    try:
        nodes = around.nodes()
    except AccessDenied:
        # That the image is there can be told all the same. What is not known of nodes, their own check says.
        return set()
    return {_platform(node["status"]["nodeInfo"]) for node in nodes if may_run_on(template, node)}


def _platform(info: dict[str, str]) -> str:
    return f"{info['operatingSystem']}/{info['architecture']}"


def _machine(platform: str) -> str:
    """A platform without its variant: nodes do not tell theirs."""
    return "/".join(platform.split("/")[:2])
