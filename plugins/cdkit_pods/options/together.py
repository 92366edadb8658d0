"""What is wrong with options that are well each by itself, and do not go together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cdkit.api import Fault, did_you_mean
from cdkit_pods.options.cycles import cycles
from cdkit_pods.options.faults import LABEL, command_faults, folder_fault, overlap
from cdkit_pods.options.folders import artifact_folders, is_outside, volume_names
from cdkit_pods.options.init import init_name, init_options
from cdkit_pods.spec import MAIN, OWN_PREFIX

if TYPE_CHECKING:
    from cdkit_pods.options.test_pod import TestPodOptions

FaultPath = tuple[str | int, ...]
"""Where something stands in the options, as of `Fault`."""

OWN_NAMES = frozenset({MAIN, "localhost"})


def faults_together(options: TestPodOptions) -> Iterable[Fault]:
    """All of them, those about containers first."""
    yield from _name_faults(options)
    yield from _need_faults(options)
    yield from _port_faults(options)
    yield from _host_faults(options)
    yield from _file_faults(options)
    yield from _artifact_faults(options)
    yield from _mount_faults(options)
    yield from _result_faults(options)


def _name_faults(options: TestPodOptions) -> Iterator[Fault]:
    """Names of containers and volumes: labels, ours left alone, and no two the same."""
    for kind, names in (("services", options.services), ("volumes", options.volumes)):
        for name in names:
            if not re.fullmatch(LABEL, name):
                what = "at most 63 lower case letters, digits and dashes"
                yield Fault((kind, name), f"{name!r} cannot be a name under {kind!r}: {what} make one.")
            elif _is_ours(name):
                yield Fault((kind, name), f"{name!r} is taken: call it otherwise.")
    known = set(options.services)
    for index, option in enumerate(options.init):
        command = init_options(option)
        if command is option:
            yield from _init_name_faults(command.name, known, index)
        else:
            yield from command_faults(command.command, "init", index)
        known.add(init_name(command, index))


def _init_name_faults(name: str, known: set[str], index: int) -> Iterator[Fault]:
    if name and (not re.fullmatch(LABEL, name) or _is_ours(name)):
        yield Fault(("init", index, "name"), f"No command can be called {name!r}.")
    elif name in known:
        yield Fault(("init", index, "name"), f"{name!r} is the name of another container of the pod.")


def _is_ours(name: str) -> bool:
    return name in OWN_NAMES or name.startswith(OWN_PREFIX)


def _need_faults(options: TestPodOptions) -> Iterator[Fault]:
    services = options.services
    for name, service in services.items():
        for index, need in enumerate(service.needs):
            if need not in services:
                remedy = did_you_mean(need, services.keys() - {name})
                message = f"{name!r} needs {need!r}, which is not under 'services'."
                yield Fault(("services", name, "needs", index), message, remedy)
    for cycle in cycles({name: service.needs for name, service in services.items()}):
        message = f"These services wait for each other: {' -> '.join(cycle)}."
        yield Fault(("services", cycle[0], "needs"), message, "Take one of the needs away.")


def _port_faults(options: TestPodOptions) -> Iterator[Fault]:
    """All containers of a pod share one network: a port can be had only once."""
    holders: dict[int, str] = {}
    for name, service in options.services.items():
        for index, port in enumerate(service.ports):
            holder = holders.setdefault(port, name)
            if holder != name or service.ports.index(port) != index:
                message = f"{name!r} listens on port {port}, which {holder!r} has already: they share one network."
                yield Fault(("services", name, "ports", index), message, "Let one of them listen on another port.")


def _host_faults(options: TestPodOptions) -> Iterator[Fault]:
    for index, host in enumerate(options.hosts):
        if host == "localhost" or host in options.services or host in options.hosts[:index]:
            yield Fault(("hosts", index), f"{host!r} is known as the pod itself already.")


def _file_faults(options: TestPodOptions) -> Iterator[Fault]:
    for path, target in options.files.items():
        if is_outside(path):
            message = f"{path!r} is no path within the checkout."
            yield Fault(("files", path), message, "Write it relative to the pipeline file, without `..`.")
        problem = folder_fault(target)
        if problem:
            yield Fault(("files", path), problem)


def _artifact_faults(options: TestPodOptions) -> Iterator[Fault]:
    folders = artifact_folders(options.artifacts)
    place = _places(options.artifacts)
    for name, folder in folders.items():
        if not re.fullmatch(LABEL, name):
            yield Fault(("artifacts", place[folder]), f"{name!r} cannot be the name of a folder of artifacts.")
        elif name in options.volumes and isinstance(options.artifacts, dict):
            yield Fault(("artifacts", name), f"{name!r} is the name of a volume already.")
        problem = folder_fault(folder)
        if problem:
            yield Fault(("artifacts", place[folder]), problem)


def _places(artifacts: list[str] | dict[str, str]) -> Mapping[str, str | int]:
    """Where each folder stands: its name, or its number."""
    if isinstance(artifacts, dict):
        return {folder: name for name, folder in artifacts.items()}
    return {folder: index for index, folder in enumerate(artifacts)}


def _mount_faults(options: TestPodOptions) -> Iterator[Fault]:
    """Mounts of what is no volume, and volumes of one container within each other."""
    known = volume_names(options)
    own = [*_mounted(("mounts",), options.mounts), *_own_places(options)]
    others = [_mounted(("services", name, "mounts"), each.mounts) for name, each in options.services.items()]
    for mounted in (_mounted(("mounts",), options.mounts), *others):
        for _, path in mounted:
            name = str(path[-1])
            if name not in known:
                remedy = did_you_mean(name, known) or "Declare it under `volumes`."
                yield Fault(path, f"{name!r} is no volume of the pod.", remedy)
    for places in (own, *others):
        yield from _overlaps(places)


def _mounted(path: tuple[str, ...], mounts: Mapping[str, str]) -> list[tuple[str, FaultPath]]:
    """The folders of some mounts, and where each stands."""
    return [(folder, (*path, name)) for name, folder in mounts.items()]


def _own_places(options: TestPodOptions) -> Iterator[tuple[str, FaultPath]]:
    """The folders of the test container for files and artifacts. What comes into one folder is one volume."""
    yield from {target: ("files", path) for path, target in reversed(options.files.items())}.items()
    yield from ((folder, ("artifacts", place)) for folder, place in _places(options.artifacts).items())


def _overlaps(places: Iterable[tuple[str, FaultPath]]) -> Iterator[Fault]:
    for (outer, _), (inner, path) in overlap(places):
        how = "is there twice" if outer == inner else f"is within {outer!r}"
        yield Fault(path, f"{inner!r} {how}; each volume needs a folder of its own.")


def _result_faults(options: TestPodOptions) -> Iterator[Fault]:
    if options.junit and not options.artifacts:
        yield Fault(("junit",), "JUnit files are looked for in the artifacts.", "Name their folder under `artifacts`.")
    if options.test_timeout is not None and options.test_timeout > options.longest:
        message = "'test_timeout' is longer than 'longest', after which the pod ends itself."
        yield Fault(("test_timeout",), message, "Raise `longest` too.")
