"""Plugins are loaded one at a time; a broken one is named, and takes nothing else down."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from cdkit.plugin.commands import PluginCommand
from cdkit.plugin.hookspecs import hookimpl
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_commands, load_steps
from cdkit.step import NoOutputs, Step, StepContext, StepOptions, StepOutputs


def step(name: Any, **members: Any) -> type[Step]:
    """A class of a step; a member that is None is left out."""

    class Options(StepOptions, frozen=True, kw_only=True):
        pass

    def run(self: Step, ctx: StepContext) -> StepOutputs:
        return NoOutputs()

    given = {"__module__": __name__, "name": name, "Options": Options, "run": run, **members}
    return type("Made", (Step,), {key: value for key, value in given.items() if value is not None})


class Plugin:
    """An entry point; what it loads brings the given steps."""

    def __init__(self, name: str, *steps: Any, error: BaseException | None = None) -> None:
        self.name = name
        self._steps = list(steps)
        self._error = error

    def load(self) -> object:
        if self._error:
            raise self._error
        return self

    @hookimpl
    def cdkit_register_steps(self) -> list[Any]:
        return self._steps


GOOD = Plugin("good", step("b"), step("a"))


def reason(*plugins: Any) -> str:
    """Why the only broken one of some plugins is left out."""
    registry = load_steps([*plugins, GOOD])
    assert {"a", "b"} <= set(registry.steps)
    (broken,) = registry.broken
    return f"{broken.name}: {broken.reason}"


def test_steps_are_given_in_the_order_of_their_names() -> None:
    registry = load_steps([Plugin("z", step("c")), GOOD])
    assert list(registry.steps) == ["a", "b", "c"]
    assert registry.broken == ()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ModuleNotFoundError("No module named 'boto3'"), "ModuleNotFoundError: No module named 'boto3'"),
        (SyntaxError("invalid syntax"), "SyntaxError: invalid syntax"),
        (SystemExit(1), "SystemExit: 1"),
    ],
)
def test_a_plugin_that_does_not_import_is_named_and_skipped(error: BaseException, told: str) -> None:
    assert reason(Plugin("bad", error=error)) == f"bad: {told}"


def test_a_name_that_is_taken_takes_the_second_plugin_out_whole() -> None:
    registry = load_steps([GOOD, Plugin("second", step("c"), step("a"))])
    assert list(registry.steps) == ["a", "b"]
    assert registry.broken[0].reason == f"ValueError: the step 'a' is already registered by {__name__}"


def test_one_plugin_cannot_bring_two_steps_of_one_name() -> None:
    assert "the step 'x' is already registered" in reason(Plugin("twice", step("x"), step("x")))


@pytest.mark.parametrize(
    ("brought", "told"),
    [
        (step("x", Options=None), "TypeError: Made has no `Options` that derive from StepOptions"),
        (step("x", Options=dict), "TypeError: Made has no `Options` that derive from StepOptions"),
        (step("x", Options=StepOptions()), "TypeError: Made has no `Options` that derive from StepOptions"),
        (step(None), "TypeError: Made has no `name`"),
        (step(""), "TypeError: Made has no `name`"),
        (step(5), "TypeError: Made has no `name`"),
        (step("x", Outputs=dict), "TypeError: Made has `Outputs` that do not derive from StepOutputs"),
        (step("x", run=None), "TypeError: Made has no `run`"),
        (dict, "TypeError: cdkit_register_steps gave <class 'dict'>, which is not a subclass of Step"),
        ("text", "TypeError: cdkit_register_steps gave 'text', which is not a subclass of Step"),
    ],
)
def test_a_class_that_is_no_usable_step_is_told(brought: Any, told: str) -> None:
    assert reason(Plugin("odd", brought)) == f"odd: {told}"


def test_a_hook_that_gives_no_list_is_told() -> None:
    class Hook:
        name = "none"

        def load(self) -> object:
            return self

        @hookimpl
        def cdkit_register_steps(self) -> None:
            return None

    registry = load_steps([Hook(), GOOD])
    assert list(registry.steps) == ["a", "b"]


def test_a_hook_of_another_name_is_told() -> None:
    class Hook:
        name = "typing-error"

        def load(self) -> object:
            return self

        @hookimpl
        def cdkit_regster_steps(self) -> list[type[Step]]:
            return []

    assert "unknown hook 'cdkit_regster_steps'" in reason(Hook())


def test_the_plugins_of_cdkit_are_found_by_their_entry_points() -> None:
    registry = load_steps(installed_plugins())
    assert {"run", "build-image", "push-to-registry", "run-test-pod", "generate-manifests"} <= set(registry.steps)
    assert {"rolling-update", "set-image"} <= set(registry.steps)
    assert registry.broken == ()


def test_to_find_plugins_does_not_load_what_talks_to_the_world() -> None:
    import subprocess

    code = (
        "import sys; from cdkit.plugin.installed import *; from cdkit.plugin.manager import *; "
        "load_steps(installed_plugins()); "
        "print(sorted({'docker', 'kubernetes', 'git', 'requests', 'urllib3', 'jinja2', 'tenacity'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_to_list_the_commands_loads_no_library_for_files_either() -> None:
    import subprocess

    code = (
        "import sys; from cdkit.plugin.installed import *; from cdkit.plugin.manager import *; "
        "load_commands(installed_plugins(), ()); print({'yaml', 'hashlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


class WithCommands:
    """An entry point whose plugin brings commands."""

    def __init__(self, name: str, *commands: Any) -> None:
        self.name = name
        self._commands = list(commands)

    def load(self) -> object:
        return self

    @hookimpl
    def cdkit_register_commands(self) -> list[Any]:
        return self._commands


def command(name: str) -> PluginCommand:
    return PluginCommand(name, "Do something.", "somewhere:command")


def test_commands_are_given_in_the_order_of_their_names_and_nothing_is_imported() -> None:
    registry = load_commands([WithCommands("z", command("b")), WithCommands("a", command("a")), GOOD], {"run"})
    assert list(registry.commands) == ["a", "b"]
    assert registry.broken == ()


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (command("run"), "ValueError: there is a command 'run' already"),
        (command("a"), "ValueError: there is a command 'a' already"),
        (command("no such"), "ValueError: 'no such' cannot be the name of a command"),
        ("run", "TypeError: cdkit_register_commands gave 'run', which is not a PluginCommand"),
    ],
)
def test_a_command_that_cannot_be_takes_its_plugin_out_whole(bad: Any, told: str) -> None:
    plugins = [WithCommands("a", command("a")), WithCommands("bad", command("c"), bad)]
    registry = load_commands(plugins, {"run"})
    assert list(registry.commands) == ["a"]
    assert [f"{broken.name}: {broken.reason}" for broken in registry.broken] == [f"bad: {told}"]
