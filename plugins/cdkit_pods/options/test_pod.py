"""The options of `run-test-pod`, and what has to be true of them together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from msgspec import Meta

from cdkit.api import Duration, Fault, Quantity, StepOptions
from cdkit_pods.options.container import InitCommand, Service, VolumeOptions
from cdkit_pods.options.faults import LABEL, command_faults, env_faults, mount_faults
from cdkit_pods.options.part import Command, HostName, Named, Text

Name = Annotated[str, Meta(pattern=LABEL, title="a name of at most 63 lower case letters, digits and dashes")]
RuntimeName = Literal["auto", "kubernetes", "docker"]


class TestPodOptions(StepOptions, frozen=True, kw_only=True):
    """What to run, and with what."""

    __test__ = False

    image: Annotated[str, Meta(min_length=1, description="The image that holds the tests.")]
    command: Annotated[
        Command,
        Meta(description="Replaces the image's own command. No shell reads it: a text is split at its spaces."),
    ] = []
    args: Annotated[list[str], Meta(description="Replaces the arguments of the image's own command.")] = []
    env: Annotated[Named, Meta(description="Environment variables of the tests.")] = {}
    working_dir: Annotated[str, Meta(description="Where the tests start; the image's own folder when left out.")] = ""
    runtime: Annotated[
        RuntimeName,
        Meta(description="Where the pod runs: `auto` takes the cluster where one is configured, and else the engine."),
    ] = "auto"
    cpu: Annotated[
        Quantity | None, Meta(description="The processor time that the tests ask for and may use: `500m`, `2`.")
    ] = None
    memory: Annotated[
        Quantity | None,
        Meta(description="The memory that the tests ask for and may use: `512Mi`; more kills them."),
    ] = None
    shm: Annotated[Quantity | None, Meta(description="The size of /dev/shm in the test container.")] = None

    services: Annotated[dict[Name, Service], Meta(description="What the tests depend on, by the name it has.")] = {}
    init: Annotated[
        list[str | list[str] | InitCommand],
        Meta(description="Commands that have to end with 0, one after the other, when the services are ready."),
    ] = []
    hosts: Annotated[list[HostName], Meta(description="Further names by which the pod reaches itself.")] = []
    volumes: Annotated[dict[Name, VolumeOptions], Meta(description="Folders that containers share, by name.")] = {}
    mounts: Annotated[Named, Meta(description="Where volumes are in the test container, by the volume's name.")] = {}

    files: Annotated[
        Named,
        Meta(
            description="Files and folders of the checkout, and where each is in the test container: the content of a "
            "folder in that folder, a file under that very name."
        ),
    ] = {}
    artifacts: Annotated[
        list[Text] | dict[Name, Text],
        Meta(description="Folders of the test container that are copied out, however the tests end; or by name."),
    ] = []
    junit: Annotated[
        list[Text],
        Meta(
            description="Patterns of JUnit files within the artifacts: `reports/*.xml`; without a slash, in any "
            "folder. Without any test the step fails."
        ),
    ] = []
    no_tests: Annotated[Literal["fail", "pass"], Meta(description="What becomes of a run without any test.")] = "fail"

    shards: Annotated[
        int, Meta(ge=1, le=256, description="In how many pods the tests are run: CDKIT_SHARD_INDEX, CDKIT_SHARD_TOTAL.")
    ] = 1
    parallel: Annotated[int, Meta(ge=0, le=256, description="How many of them at once; 0 for all.")] = 0
    retry_failed: Annotated[
        int, Meta(ge=0, le=10, description="How many further attempts tests get that failed, each in a new pod.")
    ] = 0

    service_account: Annotated[
        str, Meta(description="The service account of the pod; without one it gets no token.")
    ] = ""
    pull_secrets: Annotated[list[str], Meta(description="Secrets of the namespace with registry logins.")] = []
    node_selector: Annotated[Named, Meta(description="Labels of the nodes that may run the pod.")] = {}
    own_namespace: Annotated[
        bool, Meta(description="Run in a namespace that is made for the pod, and removed with it.")
    ] = False

    keep: Annotated[
        Literal["never", "on-failure", "always"], Meta(description="When the pod is left as it is, for a look.")
    ] = "never"
    keep_for: Annotated[Duration, Meta(description="How long it is kept; a later run removes it then.")] = Duration(
        3600
    )
    test_timeout: Annotated[
        Duration | None, Meta(description="How long the tests may take once they have begun; no limit when left out.")
    ] = None
    longest: Annotated[
        Duration, Meta(description="The pod ends itself after this time, also when nobody watches any more.")
    ] = Duration(3600)
    helper_image: Annotated[
        Text, Meta(description="An image with a static busybox, for pods that need more than their own containers.")
    ] = "busybox:1.37-musl"

    def faults(self) -> Iterable[Fault]:
        """Everything that does not go together."""
        from cdkit_pods.options.together import faults_together

        yield from command_faults(self.command, "command", may_be_empty=True)
        yield from env_faults(self.env)
        yield from mount_faults(self.mounts)
        yield from faults_together(self)
