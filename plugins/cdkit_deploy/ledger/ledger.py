"""The records of one application in one environment: reading them, opening a new one, and sealing it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from cdkit.api import Cluster, Manifest, ObjectConflict, ObjectNotFound, ObjectQuery, ObjectRef, Refused, StepContext
from cdkit_deploy.ledger import codec
from cdkit_deploy.ledger.codec import IsSecret
from cdkit_deploy.ledger.names import RECORD, REVISION, Deployment
from cdkit_deploy.ledger.record import Contents, Record, Verdict
from cdkit_deploy.secrets import holds_secret, is_a_secret


class Ledger:
    """The records of a deployment, oldest first.

    Args:
        cluster: where it is deployed.
        namespace: the namespace of the deployment, where the records are too.
        deployment: whose records.
        is_secret: says of an object whether it may only be kept in a Secret.
    """

    def __init__(
        self, cluster: Cluster, namespace: str, deployment: Deployment, is_secret: IsSecret = is_a_secret
    ) -> None:
        self.deployment = deployment
        self._is_secret = is_secret
        self._cluster = cluster
        self._namespace = namespace
        self._mains: dict[int, Manifest] = {}

    @classmethod
    def of(cls, ctx: StepContext) -> Ledger:
        """The ledger of what a step deploys."""
        deployment = Deployment(ctx.application, ctx.environment.name)
        return cls(ctx.cluster, ctx.namespace, deployment, partial(holds_secret, ctx))

    def records(self) -> list[Record]:
        """All records, oldest first. One request."""
        mains, _ = self._cluster.list(self._query("ConfigMap", f"{RECORD}=deployment"))
        records = [codec.record_of(main) for main in mains]
        self._mains = {record.revision: main for record, main in zip(records, mains, strict=True)}
        return sorted(records, key=lambda record: record.revision)

    def has_secrets(self, record: Record) -> bool:
        """Whether a part of a revision is kept in Secrets; of those that `records` has read."""
        return codec.part_counts(self._mains[record.revision])[1] > 0

    def contents(self, record: Record) -> Contents:
        """What a revision consists of, Secrets included.

        Raises:
            ObjectNotFound: a part of it is gone.
        """
        main = self._mains.get(record.revision) or self._part("ConfigMap", record.revision, 1)
        parts, copies = codec.part_counts(main)
        return codec.contents_of(
            [main, *(self._part("ConfigMap", record.revision, number) for number in range(2, parts + 1))],
            [self._part("Secret", record.revision, number) for number in range(1, copies + 1)],
        )

    def open(self, record: Record, contents: Contents) -> None:
        """Write a new record, before anything else is changed.

        Raises:
            Refused: another deployment has just taken the same revision number.
        """
        made = codec.written(self.deployment, self._namespace, record, contents, self._is_secret)
        for part in made.rest:
            self._cluster.apply(part)
        try:
            self._mains[record.revision] = self._cluster.create(made.main)
        except ObjectConflict as error:
            live = self._part("ConfigMap", record.revision, 1)
            # An answer that was lost on its way lets us ask twice for one and the same record.
            if codec.record_of(live) != record:
                raise Refused(
                    f"Another deployment of {self.deployment} has begun at the same moment: it is revision "
                    f"{record.revision}, not ours. Nothing was changed."
                ) from error
            self._mains[record.revision] = live

    def settle(self, record: Record, verdict: Verdict, cause: str = "") -> Record:
        """Write how a deployment ended, and give the record with that."""
        settled = msgspec.structs.replace(record, verdict=verdict, cause=cause)
        self._cluster.patch(self._ref("ConfigMap", record.revision, 1), codec.sealing(settled), "merge")
        return settled

    def forget(self, records: Sequence[Record]) -> None:
        """Remove records with all that belongs to them; the main object last, so that none of it is ever left over."""
        if not records:
            return
        revisions = ",".join(str(record.revision) for record in records)
        selector = f"{RECORD} in (part,secret-copy),{REVISION} in ({revisions})"
        for kind in ("Secret", "ConfigMap"):
            for item in self._cluster.list(self._query(kind, selector))[0]:
                self._cluster.delete(ObjectRef.of(item))
        for record in records:
            self._cluster.delete(self._ref("ConfigMap", record.revision, 1))

    def _part(self, kind: str, revision: int, number: int) -> Manifest:
        ref = self._ref(kind, revision, number)
        live = self._cluster.get(ref)
        if live is None:
            raise ObjectNotFound(
                f"Revision {revision} of {self.deployment} cannot be read any more: {ref} is gone.",
                remedy="Choose another revision: `cdkit history` lists them.",
            )
        return live

    def _ref(self, kind: str, revision: int, number: int) -> ObjectRef:
        return ObjectRef("v1", kind, codec.part_name(self.deployment, revision, number), self._namespace)

    def _query(self, kind: str, selector: str) -> ObjectQuery:
        return ObjectQuery("v1", kind, self._namespace, f"{self.deployment.selector},{selector}")
