"""The test kit for plugin authors and for cdkit itself: fakes that keep the contracts of the real clients.

result = run_step(PushToRegistry, {"image": "127.0.0.1:5000/hello:1"}, world=FakeWorld(images=engine))
assert result.outputs.digest
"""

from cdkit.testing.fake_clock import FakeClock
from cdkit.testing.fake_cluster import FakeCluster
from cdkit.testing.fake_commits import FakeCommits
from cdkit.testing.fake_container import FakeProgram
from cdkit.testing.fake_container_engine import FakeContainerEngine
from cdkit.testing.fake_execution import ExecutedCommand
from cdkit.testing.fake_image_engine import FakeImageEngine
from cdkit.testing.fake_processes import CommandRun, FakeProcesses
from cdkit.testing.fake_registry import FakeRegistry
from cdkit.testing.fake_world import FakeWorld
from cdkit.testing.golden import check_golden
from cdkit.testing.recorded_command import RecordedCommand
from cdkit.testing.steps import RecordedRun, StepRun, run_step

__all__ = [
    "CommandRun",
    "ExecutedCommand",
    "FakeClock",
    "FakeCluster",
    "FakeCommits",
    "FakeContainerEngine",
    "FakeImageEngine",
    "FakeProcesses",
    "FakeProgram",
    "FakeRegistry",
    "FakeWorld",
    "RecordedCommand",
    "RecordedRun",
    "StepRun",
    "check_golden",
    "run_step",
]
