"""From options to the plan of a pod. Nothing is asked of the world here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from cdkit.api import HealthCheck, Quantity
from cdkit_pods.options.container import Health, Service
from cdkit_pods.options.folders import Folders, folders_of
from cdkit_pods.options.init import init_name, init_options
from cdkit_pods.options.part import words_of
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.plan import PodPlan, ServicePlan
from cdkit_pods.spec import MAIN, Container, Mount, PodSpec, Volume

LONGEST_VARIABLE = 100_000
"""Bytes. Linux takes 128 KiB for one environment variable (MAX_ARG_STRLEN, execve(2))."""


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the pods of a step it is.

    Attributes:
        step: the step's name.
        run_id: the run.
        application: what is tested.
        is_secret: tells whether a text holds a secret of the run.
        is_file: tells whether a path of the checkout is a single file.
        shard: which shard, from 0.
        attempt: which attempt, from 1.
        failed_tests: the tests that failed in the attempt before, each as `group::name`.
    """

    step: str
    run_id: str
    application: str = ""
    is_secret: Callable[[str], bool] = lambda _: False
    is_file: Callable[[str], bool] = lambda _: False
    shard: int = 0
    attempt: int = 1
    failed_tests: Sequence[str] = ()


def pod_plan(options: TestPodOptions, occasion: Occasion) -> PodPlan:
    """What is to be done with one pod of these options, which have no faults."""
    folders = folders_of(options, occasion.is_file)
    services = tuple(_service_plan(name, service, folders) for name, service in options.services.items())
    spec = _spec(options, occasion, folders, services)
    return PodPlan(
        spec=spec,
        services=services,
        init=tuple(init_name(init_options(option), index) for index, option in enumerate(options.init)),
        files=folders.files,
        artifacts=folders.artifacts,
        test_timeout=None if options.test_timeout is None else float(options.test_timeout),
        attempt=occasion.attempt,
    )


def _service_plan(name: str, service: Service, folders: Folders) -> ServicePlan:
    uses_files = any(folders.volume_of[mounted] in folders.files for mounted in service.mounts)
    return ServicePlan(
        name=name,
        needs=tuple(service.needs),
        wait=service.wait,
        within=float(service.within),
        fails_on=service.fails_on,
        may_end=service.may_end,
        gated=bool(service.needs) or uses_files,
    )


def _spec(options: TestPodOptions, occasion: Occasion, folders: Folders, services: Sequence[ServicePlan]) -> PodSpec:
    is_gated = {service.name: service.gated for service in services}
    containers = (
        *(_service(name, each, folders, occasion, gated=is_gated[name]) for name, each in options.services.items()),
        *_init(options, folders, occasion),
        _test(options, folders, occasion),
    )
    return PodSpec(
        step=occasion.step,
        run_id=occasion.run_id,
        application=occasion.application,
        containers=containers,
        volumes=_volumes(options, folders),
        aliases=tuple(dict.fromkeys((*options.services, *options.hosts))),
        keeper=bool(folders.files or folders.artifacts) or any(each.gated for each in containers),
        keeper_image=options.helper_image,
        service_account=options.service_account,
        node_selector=options.node_selector,
        pull_secrets=tuple(options.pull_secrets),
        longest=max(1.0, float(options.longest)),
        own_namespace=options.own_namespace,
        shard=occasion.shard if options.shards > 1 else None,
    )


def _volumes(options: TestPodOptions, folders: Folders) -> tuple[Volume, ...]:
    declared = (
        Volume(name=name, size=_amount(volume.size), in_memory=volume.in_memory)
        for name, volume in options.volumes.items()
    )
    return (*declared, *(Volume(name=name) for name in folders.targets))


def _service(name: str, service: Service, folders: Folders, occasion: Occasion, *, gated: bool) -> Container:
    plain, secret = _split(service.env, occasion)
    return Container(
        name=name,
        image=service.image,
        command=words_of(service.command),
        args=tuple(service.args),
        env=plain,
        secret_env=secret,
        working_dir=service.working_dir,
        mounts=_mounts(service.mounts, folders),
        cpus=_cores(service.cpu),
        memory=_amount(service.memory),
        shared_memory=_amount(service.shm),
        health=_health(service.health),
        needs_health=service.is_awaited_healthy,
        gated=gated,
    )


def _init(options: TestPodOptions, folders: Folders, occasion: Occasion) -> list[Container]:
    """The commands before the tests: as the tests, but for what they say themselves."""
    found = []
    for index, option in enumerate(options.init):
        command = init_options(option)
        test = _test(options, folders, occasion, more_env=command.env)
        found.append(
            msgspec.structs.replace(
                test,
                name=init_name(command, index),
                image=command.image or options.image,
                command=words_of(command.command),
                args=(),
                working_dir="" if command.image else options.working_dir,
                gated=True,
            )
        )
    return found


def _test(
    options: TestPodOptions, folders: Folders, occasion: Occasion, more_env: Mapping[str, str] | None = None
) -> Container:
    plain, secret = _split({**options.env, **_occasion_env(options, occasion), **(more_env or {})}, occasion)
    own = tuple(Mount(volume=volume, path=target) for volume, target in folders.targets.items())
    return Container(
        name=MAIN,
        image=options.image,
        command=words_of(options.command),
        args=tuple(options.args),
        env=plain,
        secret_env=secret,
        working_dir=options.working_dir,
        mounts=(*_mounts(options.mounts, folders), *own),
        cpus=_cores(options.cpu),
        memory=_amount(options.memory),
        shared_memory=_amount(options.shm),
        gated=bool(options.services or options.init or folders.files),
    )


def _occasion_env(options: TestPodOptions, occasion: Occasion) -> dict[str, str]:
    """What tells the tests which of several pods they run in."""
    env: dict[str, str] = {}
    if options.shards > 1:
        index = str(occasion.shard)
        # The name that an indexed Job has for it.
        env |= {"CDKIT_SHARD_INDEX": index, "CDKIT_SHARD_TOTAL": str(options.shards), "JOB_COMPLETION_INDEX": index}
    if options.retry_failed:
        env["CDKIT_ATTEMPT"] = str(occasion.attempt)
    if occasion.failed_tests:
        env["CDKIT_FAILED_TESTS"] = _within_limit(occasion.failed_tests)
    return env


def _within_limit(names: Sequence[str]) -> str:
    """As many whole lines as an environment variable can hold; none of them, and so all tests, when not all fit."""
    text = "\n".join(name.replace("\n", " ") for name in names)
    return text if len(text.encode()) <= LONGEST_VARIABLE else ""


def _split(env: Mapping[str, str], occasion: Occasion) -> tuple[dict[str, str], dict[str, str]]:
    """The variables that anybody may see, and those that hold a secret."""
    secret = {name: value for name, value in env.items() if value and occasion.is_secret(value)}
    return {name: value for name, value in env.items() if name not in secret}, secret


def _mounts(mounts: Mapping[str, str], folders: Folders) -> tuple[Mount, ...]:
    return tuple(Mount(volume=folders.volume_of[name], path=path) for name, path in mounts.items())


def _health(health: Health | None) -> HealthCheck | None:
    if health is None:
        return None
    return HealthCheck(
        command=words_of(health.command),
        interval=float(health.interval),
        timeout=float(health.timeout),
        retries=health.retries,
        start_period=float(health.start_period),
    )


def _amount(quantity: Quantity | None) -> int:
    return int(quantity.amount) if quantity else 0


def _cores(quantity: Quantity | None) -> float:
    return float(quantity.amount) if quantity else 0.0
