"""A run as one page of HTML that needs nothing beside it: for an artifact that a person opens in a browser."""

from __future__ import annotations

from jinja2 import Environment, StrictUndefined

from cdkit.models.duration import Duration
from cdkit.report.amounts import facts
from cdkit.report.collected import Collected
from cdkit.report.style import Style
from cdkit.report.tests import counts, ending, left_out, noteworthy, place, title

MOST_TESTS = 1000
"""Tests of a step that are shown each by itself."""

_PLAIN = Style()

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ run.pipeline | plain }}: {{ word }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; }
pre { background: #f4f4f4; overflow-x: auto; padding: .6rem; }
.failed { color: #b00020; }
.succeeded { color: #1b6e2b; }
</style>
</head>
<body>
<h1>{{ run.pipeline | plain }}: <span class="{{ 'failed' if run.exit_code else 'succeeded' }}">{{ word }}</span></h1>
<p>Run {{ run.run_id | plain }}{% if run.environment %} to {{ run.environment | plain }}{% endif %},
{{ run.seconds | duration }}{% if run.exit_code %}, exit code {{ run.exit_code }}{% endif %}.</p>
{% if run.build %}
<p>Commit {{ run.build.commit | plain }} {{ (run.build.branch or run.build.tag) | plain }}</p>
{% endif %}
{% for whose, failure in failures %}
<h2 class="failed">{{ whose | plain }}</h2>
<p>{{ failure.message | plain }}{% if failure.cause %} <code>{{ failure.cause | plain }}</code>{% endif %}</p>
<p><b>What to do:</b> {{ failure.remedy | plain }}</p>
{% if failure.evidence %}<pre>{% for line in failure.evidence %}{{ line | plain }}
{% endfor %}</pre>{% endif %}
{% endfor %}
{% for step, report in run.tests.items() %}
{% with shown = report | noteworthy(most_tests) %}
<h2>{{ step | plain }}: {{ report | counts }}</h2>
{% if shown %}
<table>
<tr><th>Test</th><th>Where</th><th>Result</th><th>Why</th></tr>
{% for case in shown %}
<tr><td>{{ case | test | plain }}</td><td>{{ case | place | plain }}</td>
<td class="{{ 'failed' if case.has_failed else case.outcome }}">{{ case | ending }}</td><td>{{ case.message | plain }}
{% if case.details %}<pre>{% for line in case.details.splitlines() %}{{ line | plain }}
{% endfor %}</pre>{% endif %}</td></tr>
{% endfor %}
</table>
{% if report | left_out(shown) %}<p>{{ report | left_out(shown) | plain }}</p>{% endif %}
{% endif %}
{% endwith %}
{% endfor %}
<table>
<tr><th>Step</th><th>Kind</th><th>Result</th><th>Time</th><th>Outputs</th></tr>
{% for result in run.results %}
<tr><td>{{ result.step | plain }}</td><td>{{ run.uses.get(result.step, "") | plain }}</td>
<td class="{{ result.status }}">{{ result.status }}{% if result.tolerated %} (tolerated){% endif %}

{{ result.reason | plain }}</td><td>{{ result.seconds | duration }}</td>
<td>{% for name, value in result.outputs | facts %}
<code>{{ name | plain }}</code> {{ value | plain }}<br>
{% endfor %}</td></tr>
{% endfor %}
</table>
{% for step, message in run.warnings %}
<p>Warning{% if step %} of {{ step | plain }}{% endif %}: {{ message | plain }}</p>
{% endfor %}
</body>
</html>
"""


def html(run: Collected) -> str:
    """The page. Whatever comes from a project, a pod or a server is text in it, and nothing in it is a script."""
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    page.filters |= {"plain": _PLAIN.harmless, "duration": _duration, "facts": facts}
    page.filters |= {"counts": counts, "ending": ending, "left_out": left_out, "noteworthy": noteworthy}
    page.filters |= {"place": place, "test": title}
    failures = [("The run", run.failure)] if run.failure else []
    failures += [
        (result.step, result.failure)
        for result in run.results
        if result.status == "failed" and result.failure and not result.tolerated
    ]
    word = "done" if run.exit_code == 0 else "cancelled" if run.exit_code in _CANCELLED else "failed"
    return page.from_string(_PAGE).render(run=run, word=word, failures=failures, most_tests=MOST_TESTS)


_CANCELLED = (130, 143)


def _duration(seconds: float) -> str:
    return str(Duration(seconds))
