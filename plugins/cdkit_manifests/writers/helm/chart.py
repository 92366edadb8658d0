"""The files of a chart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.fields import Field
from cdkit_manifests.writers.file_names import file_name, file_names, object_files
from cdkit_manifests.writers.helm.application_image import COMMENT, IMAGE, ApplicationImage, expression, helpers
from cdkit_manifests.writers.helm.application_namespace import COMMENT as NAMESPACE_COMMENT
from cdkit_manifests.writers.helm.application_namespace import NAMESPACE, ApplicationNamespace
from cdkit_manifests.writers.helm.metadata import chart_metadata
from cdkit_manifests.writers.helm.naming import Namer, ValuePath
from cdkit_manifests.writers.helm.settable import Settable, settable_fields
from cdkit_manifests.writers.helm.templates import Reference, template, value_of
from cdkit_manifests.writers.helm.values import Values
from cdkit_manifests.writers.helm.variants import BASE, Variants, variants_of
from cdkit_manifests.writers.notes import notes_by_object
from cdkit_manifests.writers.place import RECORD
from cdkit_manifests.writers.yaml_text import document

ENABLED = "enabled"


def files(bundle: Bundle) -> dict[str, str]:
    """The chart; `helm install hello . -f values-staging.yaml` is how it is used."""
    chart = _Chart(bundle)
    templates = chart.templates()
    return {
        "Chart.yaml": document(chart_metadata(bundle)),
        ".helmignore": f"{RECORD}\n",
        "values.yaml": chart.defaults(),
        "values.schema.json": json.dumps(chart.values.schema, indent=2) + "\n",
        **{
            f"values-{file}.yaml": document(chart.values.of(name))
            for name, file in zip(bundle.environments, file_names(bundle.environments), strict=True)
        },
        "templates/_helpers.tpl": helpers(chart.name),
        **{f"templates/{name}.yaml": text for name, text in templates.items()},
    }


class _Chart:
    """A chart in the making: its templates, and the values that they refer to."""

    def __init__(self, bundle: Bundle) -> None:
        self.name = file_name(bundle.name)
        self._variants = variants_of(bundle)
        self._notes = notes_by_object(bundle.origins)
        self._environments = [BASE, *bundle.environments]
        self._image = ApplicationImage.of(bundle)
        self._namespace = ApplicationNamespace.of(bundle)
        self._namer = Namer()
        self.values = Values(list(bundle.environments))
        for name, versions in self._image.values.items():
            self.values.add((IMAGE, name), versions, COMMENT[name])
        if self._namespace.values:
            self.values.add((NAMESPACE,), self._namespace.values, NAMESPACE_COMMENT)

    def templates(self) -> dict[str, str]:
        """The text of each template, by its name without an ending."""
        variants = {id(item.first): item for item in self._variants}
        named = object_files(item.first for item in self._variants)
        return {name: self._template(variants[id(first)]) for name, first in named.items()}

    def defaults(self) -> str:
        """The text of `values.yaml`."""
        return document(self.values.defaults, self.values.comments)

    def _template(self, item: Variants) -> str:
        kind, name = item.first["kind"], item.first["metadata"]["name"]
        condition = None
        if not item.everywhere:
            condition = self._namer.name(kind, name, (ENABLED,))
            present = {environment: environment in item.manifests for environment in self._environments}
            self.values.add(condition, present, f"Whether there is {kind} {name}")
        references = list(self._references(kind, name, item))
        return template(item.first, references, self._notes.get((kind, name), {}), condition)

    def _references(self, kind: str, name: str, item: Variants) -> Iterator[Reference]:
        for field in settable_fields(kind, item.manifests):
            if self._image.is_of(field):
                yield Reference(field, expression(self.name))
            elif self._namespace.is_of(field):
                yield Reference(field, value_of((NAMESPACE,)), when=value_of((NAMESPACE,)))
            else:
                path = self._namer.name(kind, name, field.words)
                self.values.add(path, self._everywhere(field), str(Field(kind, name, field.path)))
                yield Reference(field, value_of(path), when=_presence(path) if field.optional else "")

    def _everywhere(self, field: Settable) -> dict[str, Any]:
        """A field's values; an environment without the object has those of the first that has it."""
        first = next(iter(field.values.values()))
        return {environment: field.values.get(environment, first) for environment in self._environments}


def _presence(path: ValuePath) -> str:
    """What is true where a value is there, whatever it is."""
    return f'not (kindIs "invalid" {value_of(path)})'
