"""What `build-image` does: what it checks, what it would change, and how an image comes about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from cdkit.api import (
    Change,
    CheckFailed,
    ImageReference,
    InvalidInput,
    Problem,
    StepContext,
)
from cdkit_images.build_options import BuildOptions
from cdkit_images.content import Lookup, answer_of_check, look_up, on_engine, remember_answer, told_reasons
from cdkit_images.context import ContextFolder, entries_of
from cdkit_images.leaks import find_leaks, leak_problems
from cdkit_images.logins import Login
from cdkit_images.recipe import Recipe, read_recipe
from cdkit_images.tagging import Tagging

COUNTED = frozenset({"repository", "context", "dockerfile", "target", "args", "labels", "platforms", "whole_context"})
"""The options that decide about the content tag; it is not known while one of them is not."""


class Built(msgspec.Struct, frozen=True):
    """An image that is there.

    Attributes:
        reference: its name: repository and content tag.
        image_id: its id.
        tags: its further tags.
    """

    reference: str
    image_id: str
    tags: tuple[str, ...]


class Building:
    """One image on its way.

    Args:
        ctx: the step.
        options: of the step.
    """

    def __init__(self, ctx: StepContext, options: BuildOptions) -> None:
        self._ctx = ctx
        self._options = options
        self._login = Login(options.repository, options.username, options.password)

    def problems(self) -> Iterator[Problem]:
        """The name is one, the files are there, nothing secret would stay in the image, and a builder can build it."""
        yield from self._naming_problems()
        yield from self._login.check(self._ctx.step)
        missing = list(self._missing_files())
        yield from missing
        if missing:
            return
        try:
            recipe = self._recipe()
            folders = recipe.visible()
            yield from self._leak_problems(recipe, folders)
        except InvalidInput as error:
            yield from error.problems or (Problem(error.message, None, error.remedy),)
            return
        if self._ctx.pending & COUNTED or not self._is_served(recipe, folders):
            from cdkit_images.construction import builder_problems_of

            yield from builder_problems_of(self._ctx, self._options, recipe)

    def changes(self) -> list[Change]:
        """The image that would be built, and why; or that it is there."""
        tags = tuple(f"tag {name}" for name in self._tagging().names)
        if self._ctx.pending & COUNTED:
            return [Change("build", f"{self._options.repository}:<content>", self._source(), tags)]
        recipe = self._recipe()
        lookup = self._look_up(recipe, recipe.visible())
        if lookup.keeper:
            return [Change("keep", lookup.reference, "the registry serves it already", tags)]
        return [Change("build", lookup.reference, self._source(), (*told_reasons(lookup), *tags))]

    def perform(self) -> Built:
        """Build it, unless a registry or the engine has it already, and name it by its content tag.

        Raises:
            BuildFailed: an instruction failed; the message has its line in the Dockerfile.
            CheckFailed: something secret would stay in the image, or no builder can build it.
        """
        tagging = self._tagging()
        for remark in tagging.remarks:
            self._ctx.say(remark)
        answer = answer_of_check(self._ctx, self._options)
        lookup = self._kept(answer) if answer else self._obtained()
        lookup.memory.remember(lookup.fingerprint)
        return Built(lookup.reference, lookup.image_id, tagging.names)

    def _obtained(self) -> Lookup:
        """The image, looked for once more, as earlier steps may have written files since the check; else built."""
        recipe = self._recipe()
        folders = recipe.visible()
        _refuse(self._leak_problems(recipe, folders))
        lookup = on_engine(self._ctx, self._look_up(recipe, folders))
        return self._kept(lookup) if lookup.keeper else self._build(recipe, lookup)

    def _kept(self, lookup: Lookup) -> Lookup:
        self._ctx.say(f"the {lookup.keeper} has {lookup.reference} already: nothing is built")
        return lookup

    def _is_served(self, recipe: Recipe, folders: Sequence[ContextFolder]) -> bool:
        lookup = self._look_up(recipe, folders)
        remember_answer(self._ctx, self._options, lookup)
        return lookup.keeper != ""

    def _build(self, recipe: Recipe, lookup: Lookup) -> Lookup:
        # Most runs build nothing, and need not wait for the import.
        from cdkit_images.construction import construct

        for reason in told_reasons(lookup):
            self._ctx.say(reason)
        image_id = construct(self._ctx, self._options, self._login, recipe, lookup)
        self._ctx.images.tag(image_id, lookup.reference)
        return msgspec.structs.replace(lookup, keeper="engine", image_id=image_id)

    def _look_up(self, recipe: Recipe, folders: Sequence[ContextFolder]) -> Lookup:
        options = self._options
        return look_up(
            self._ctx,
            recipe,
            folders,
            options.repository,
            args=options.args,
            labels=options.labels,
            login=self._login,
            salt=self._ctx.run_id if options.no_cache else "",
        )

    def _tagging(self) -> Tagging:
        if not self._options.tags:
            return Tagging()
        from cdkit_images.tags import name_tags, parse_rule

        rules = [parse_rule(rule) for rule in self._options.tags]
        return name_tags(rules, self._ctx.build, self._options.flavor, self._ctx.clock.now())

    def _naming_problems(self) -> Iterator[Problem]:
        reference = ImageReference.parse(self._options.repository)
        if "repository" not in self._ctx.pending and (reference.tag or reference.digest):
            remedy = f"Write {reference.repository}: the tag comes from the content."
            message = f"The repository of {self._ctx.step!r} has a tag or a digest: {self._options.repository}"
            yield Problem(message, None, remedy)
        if "tags" not in self._ctx.pending:
            try:
                self._tagging()
            except InvalidInput as error:
                yield Problem(error.message, None, error.remedy)

    def _missing_files(self) -> Iterator[Problem]:
        options = self._options
        if not self._ctx.path(options.context).is_dir():
            yield Problem(f"The build context of {self._ctx.step!r} does not exist: {options.context}")
        elif not self._dockerfile().is_file():
            yield Problem(f"The Dockerfile of {self._ctx.step!r} does not exist: {self._shown_dockerfile()}")
        for name, path in options.secret_files.items():
            if "secret_files" not in self._ctx.pending and not self._ctx.path(path).is_file():
                yield Problem(f"The file with the secret {name!r} of {self._ctx.step!r} does not exist: {path}")
        if "default" in options.ssh and not self._ctx.env.get("SSH_AUTH_SOCK"):
            remedy = "Start one (`eval $(ssh-agent)`, `ssh-add`), or name a key: `ssh: [default=path]`."
            yield Problem(
                f"`ssh: [default]` of {self._ctx.step!r} needs an SSH agent, and none runs here.", None, remedy
            )

    def _recipe(self) -> Recipe:
        options = self._options
        return read_recipe(
            self._ctx.path(options.context),
            self._dockerfile(),
            shown=self._shown_dockerfile(),
            args=options.args,
            target=options.target,
            platforms=options.platforms,
            whole_context=options.whole_context,
        )

    def _leak_problems(self, recipe: Recipe, folders: Sequence[ContextFolder]) -> Iterator[Problem]:
        leaks = find_leaks(recipe.context, entries_of(folders), recipe.dockerfile, self._options.args)
        return leak_problems(leaks, self._options.allow_secrets)

    def _dockerfile(self) -> Path:
        options = self._options
        return (
            self._ctx.path(options.dockerfile) if options.dockerfile else self._ctx.path(options.context) / "Dockerfile"
        )

    def _source(self) -> str:
        return f"from {self._shown_dockerfile()}"

    def _shown_dockerfile(self) -> str:
        path = self._dockerfile()
        return str(path.relative_to(self._ctx.workspace)) if path.is_relative_to(self._ctx.workspace) else str(path)


def _refuse(problems: Iterable[Problem]) -> None:
    """Stop a run for what a check would have found.

    Raises:
        CheckFailed: there is a problem.
    """
    found = list(problems)
    if found:
        raise CheckFailed(found[0].message, remedy=found[0].remedy, evidence=[str(problem) for problem in found])
