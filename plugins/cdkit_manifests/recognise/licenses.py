"""Licences by their SPDX identifiers (https://spdx.org/licenses/)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
"""Python's classifiers, by their last part."""

_TEXTS = (
    ("GNU AFFERO GENERAL PUBLIC LICENSE Version 3", "AGPL-3.0-only"),
    ("GNU LESSER GENERAL PUBLIC LICENSE Version 3", "LGPL-3.0-only"),
    ("GNU LESSER GENERAL PUBLIC LICENSE Version 2.1", "LGPL-2.1-only"),
    ("GNU GENERAL PUBLIC LICENSE Version 3", "GPL-3.0-only"),
    ("GNU GENERAL PUBLIC LICENSE Version 2", "GPL-2.0-only"),
    ("Apache License Version 2.0", "Apache-2.0"),
    ("Mozilla Public License Version 2.0", "MPL-2.0"),
    ("European Union Public Licence v. 1.2", "EUPL-1.2"),
    ("Boost Software License - Version 1.0", "BSL-1.0"),
    ("This is free and unencumbered software released into the public domain", "Unlicense"),
    ("Permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
    ("Permission to use, copy, modify, and/or distribute this software for any purpose", "ISC"),
    ("Neither the name of", "BSD-3-Clause"),
    ("Redistributions in binary form must reproduce", "BSD-2-Clause"),
)
"""Words by which a licence's text is known, blanks and line breaks aside; the first that is found counts."""
_BEGINNING = 4000


def license_of_classifiers(classifiers: Iterable[str]) -> str:
    """The licence of Python's classifiers; empty where none says one."""
    for classifier in classifiers:
        kind, _, name = classifier.rpartition(" :: ")
        if kind.startswith("License"):
            return _CLASSIFIERS.get(name, "" if name == "OSI Approved" else name)
    return ""


def license_of_text(text: str) -> str:
    """The licence that a text is; empty where it is none of the usual ones."""
    words = " ".join(text[:_BEGINNING].split()).lower()
    return next((license_id for sign, license_id in _TEXTS if sign.lower() in words), "")


_NAMES = (
    ("apache", "2", "Apache-2.0"),
    ("mit", "", "MIT"),
    ("eclipse public", "2", "EPL-2.0"),
    ("eclipse public", "1", "EPL-1.0"),
    ("mozilla", "2", "MPL-2.0"),
    ("affero", "3", "AGPL-3.0-only"),
    ("lesser", "3", "LGPL-3.0-only"),
    ("lesser", "2.1", "LGPL-2.1-only"),
    ("general public", "3", "GPL-3.0-only"),
    ("general public", "2", "GPL-2.0-only"),
)
"""Two words of the usual names, and what they mean."""


def license_of_name(name: str) -> str:
    """The licence that people call by a name (`Apache License, Version 2.0`); the name itself where it is unknown."""
    words = re.split(r"[\s,()/-]+", name.lower())
    text = " ".join(words)
    for sign, version, license_id in _NAMES:
        if re.search(rf"\b{sign}\b", text) and (not version or re.search(rf"\bv?{re.escape(version)}(?:\.0)?\b", text)):
            return license_id
    return name
