"""An image engine in memory, with the contract of the real one (`tests/contract/test_image_engine_contract.py`)."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import msgspec

from cdkit.clients.engine.messages import registry_error
from cdkit.errors import BuildFailed, EngineUnreachable, ObjectNotFound, RegistryUnreachable, WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import Credentials, ImageReference
from cdkit.models.image_build import Builder, BuildRequest, BuildStep
from cdkit.ports.image_engine import OnProgress, OnStep, OnText

LAYER_BYTES = 1000

CLASSIC = Builder(name="classic", via="the classic builder of a fake", abilities=frozenset({"networks"}))


class FakeImageEngine:
    """An engine that knows Dockerfiles line by line, and runs nothing of them. May be used by many threads.

    Attributes:
        available: how it can build; the classic builder alone unless a test says otherwise.
        builds: what was built, in order.
        images: the ids of the images that the engine has, by reference and by id.
        onbuild: the triggers of images, by reference.
        registry: the digests that registries serve, by reference.
        pushed: the ids of the images that were pushed, by the digests that came of it.
        output: lines that the next builds print.
        failing: `RUN` instructions that fail, with their exit codes: `{"RUN make": 2}`.
        logins: the login that each registry wants, by its host and port.
        silent_registries: registries that do not answer, by host and port.
        hanging_instructions: `RUN` instructions that go on until the build is cancelled.
    """

    def __init__(self) -> None:
        self.available: tuple[Builder, ...] = (CLASSIC,)
        self.builds: list[BuildRequest] = []
        self.images: dict[str, str] = {}
        self.onbuild: dict[str, tuple[str, ...]] = {}
        self.registry: dict[str, str] = {}
        self.pushed: dict[str, str] = {}
        self.output: list[str] = []
        self.failing: dict[str, int] = {}
        self.logins: dict[str, Credentials] = {}
        self.silent_registries: set[str] = set()
        self.hanging_instructions: set[str] = set()
        self._reachable = True

    def go_away(self) -> None:
        """Do not answer any more."""
        self._reachable = False

    def ping(self) -> str:
        """A version that says that it is none."""
        self._answer()
        return "0.0.0-fake"

    def builders(self) -> tuple[Builder, ...]:
        """What `available` says."""
        self._answer()
        return self.available

    def build(self, request: BuildRequest, *, on_line: OnText, on_step: OnStep, cancellation: Cancellation) -> str:
        """Print the steps of the Dockerfile, and make an image of its text and of the request.

        Raises:
            BuildFailed: an instruction is one of `failing`.
            WorkFailed: there is no Dockerfile.
            RegistryUnreachable, ObjectNotFound: the base image cannot be had.
        """
        self._answer()
        text = _dockerfile(request)
        self.builds.append(request)
        instructions = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        for number, instruction in enumerate(instructions, 1):
            cancellation.raise_if_cancelled()
            step = BuildStep(builder="classic", instruction=instruction, number=number, total=len(instructions))
            on_line(f"Step {number}/{len(instructions)} : {instruction}")
            on_step(step)
            self._perform(step, cancellation)
            on_step(msgspec.structs.replace(step, done=True))
        for line in self.output:
            on_line(line)
        image = _digest(text + repr(msgspec.structs.replace(request, context="", dockerfile="", secrets=())))
        self.images[image] = image
        self.onbuild[image] = tuple(each[len("ONBUILD ") :] for each in instructions if each.startswith("ONBUILD "))
        return image

    def image_id(self, reference: str) -> str | None:
        """The id of an image that the engine has, or None."""
        self._answer()
        return self.images.get(_full(reference))

    def triggers(self, reference: str) -> tuple[str, ...]:
        """What `onbuild` says, and what the Dockerfiles of built images said."""
        self._answer()
        return self.onbuild.get(reference) or self.onbuild.get(self.images.get(_full(reference), ""), ())

    def tag(self, image: str, reference: str) -> None:
        """Give an image that the engine has another name.

        Raises:
            ObjectNotFound: the engine has no such image.
            RequestRejected: the new name is no image reference.
        """
        self._answer()
        if reference != reference.lower():
            said = "invalid reference format: repository name must be lowercase"
            raise registry_error(said, f"Cannot tag {image} as {reference}")
        if _full(image) not in self.images:
            raise ObjectNotFound(f"Cannot tag {image} as {reference}: No such image: {image}")
        self.images[_full(reference)] = self.images[_full(image)]

    def push(
        self,
        reference: str,
        *,
        credentials: Credentials | None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> str:
        """Let the registry serve an image.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: as their names say.
        """
        self._answer()
        cancellation.raise_if_cancelled()
        if _full(reference) not in self.images:
            raise registry_error(f"tag does not exist: {reference}", f"Cannot push {reference}")
        self._ask_registry(reference, credentials, f"Cannot push {reference}")
        for done in (0, LAYER_BYTES):
            on_progress("layer", done, LAYER_BYTES)
        digest = _digest(self.images[_full(reference)])
        self.pushed[digest] = self.images[_full(reference)]
        self.registry[_full(reference)] = digest
        return digest

    def _answer(self) -> None:
        if not self._reachable:
            raise EngineUnreachable("The Docker engine does not answer: Connection refused.")

    def _ask_registry(self, reference: str, credentials: Credentials | None, what: str) -> None:
        registry = ImageReference.parse(reference).registry
        if registry in self.silent_registries:
            raise RegistryUnreachable(f'{what}: Get "http://{registry}/v2/": connect: connection refused')
        wanted = self.logins.get(registry)
        if wanted is not None and credentials != wanted:
            raise registry_error("unauthorized: authentication required", what)

    def _perform(self, step: BuildStep, cancellation: Cancellation) -> None:
        instruction = step.instruction
        words = instruction.split()
        if words[0].upper() == "FROM":
            self._pull(words[1], f"The image of `{instruction}` cannot be pulled")
        if instruction in self.hanging_instructions:
            _wait(cancellation)
        if instruction in self.failing:
            command, code = instruction.partition(" ")[2], self.failing[instruction]
            said = f"The command '/bin/sh -c {command}' returned a non-zero code: {code}"
            raise BuildFailed(f"`{instruction}` failed: {said}", step=step, evidence=self.output)

    def _pull(self, base: str, what: str) -> None:
        if base == "scratch" or _full(base) in self.images:
            return
        self._ask_registry(base, None, what)
        if _full(base) not in self.registry:
            raise registry_error(f"manifest for {base} not found: manifest unknown: manifest unknown", what)


def _wait(cancellation: Cancellation) -> None:
    stopped = threading.Event()
    cancellation.on_cancel(stopped.set)
    stopped.wait()
    cancellation.raise_if_cancelled()


def _dockerfile(request: BuildRequest) -> str:
    path = Path(request.dockerfile)
    if not path.is_file():
        raise WorkFailed(f"There is no Dockerfile at {path}.")
    return path.read_text()


def _full(reference: str) -> str:
    parsed = ImageReference.parse(reference)
    if parsed.digest or parsed.tag or reference.startswith("sha256:"):
        return reference
    return f"{reference}:latest"


def _digest(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
