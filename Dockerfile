# cdkit for build servers that run a plugin as a container (Drone, Woodpecker), or a job in one (GitLab and others).
# `make image` collects the wheels that it is built from. Any base with Python 3.11 or later and a shell will do.
ARG BASE=python:3.13-bookworm
FROM ${BASE} AS installed
COPY dist/wheels /wheels
# pip runs from its own wheel: a base needs none. The program ignores PYTHON* variables, which a job may have set.
# Of the schemas of Kubernetes' types one file a version is read; the others would be 90 MB.
RUN pip="$(echo /wheels/pip-*.whl)" \
    && python3 "$pip/pip" install --quiet --no-index --find-links /wheels --target /opt/cdkit cdkit \
    && find /opt/cdkit/kubernetes_validate/kubernetes-json-schema -type f ! -path '*-strict/_definitions.json' -delete
COPY container/cdkit /usr/local/bin/cdkit
RUN chmod 0755 /usr/local/bin/cdkit

FROM ${BASE}
LABEL org.opencontainers.image.title="cdkit" \
      org.opencontainers.image.description="Build, push, test in a pod, generate manifests and roll out." \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=installed /opt/cdkit /opt/cdkit
COPY --from=installed /usr/local/bin/cdkit /usr/local/bin/cdkit
# Nothing here needs root; a Docker socket that is mounted needs its own group (`--group-add`).
USER 65532:65532
ENV HOME=/tmp
WORKDIR /workspace
ENTRYPOINT ["/usr/local/bin/cdkit"]
