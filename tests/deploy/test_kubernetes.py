"""The manifests: each is one, all fit together and to the code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.core.management import get_commands

from collab.live import drain
from collab.live.limits import HEARTBEAT
from tests.deploy.manifests import (
    BESIDES,
    KUBERNETES,
    await_answer,
    environment,
    manifests,
    run,
    running,
    settings_read,
    stop,
)
from tests.deploy.mounts import of_container, of_service
from tests.deploy.test_containers import SITE
from tests.protocol.conftest import database_url
from tests.protocol.node import free_port

Object = dict[str, Any]


def of(kind: str, name: str) -> Object:
    [found] = [each for each in manifests() if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def pods() -> Iterator[Object]:
    for each in manifests():
        job = each["spec"]["jobTemplate"] if each["kind"] == "CronJob" else each
        if each["kind"] in {"Deployment", "Job", "CronJob"}:
            yield job["spec"]["template"]["spec"]


def containers(pod: Object) -> list[Object]:
    return [*pod["containers"], *pod.get("initContainers", [])]


NODE: Object = of("Deployment", "node")["spec"]
[NODE_CONTAINER] = NODE["template"]["spec"]["containers"]
BACKUP: Object = of("CronJob", "backup")["spec"]["jobTemplate"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("manifest", manifests(), ids=lambda each: f"{each['kind']}-{each['metadata']['name']}")
def test_each_is_what_its_kind_asks_for(manifest: Object) -> None:
    kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_all_are_applied_but_the_examples() -> None:
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    files = {file.name for file in KUBERNETES.glob("*.yaml")}
    assert set(listed) == files - {"kustomization.yaml", "secret.example.yaml", "restore.example.yaml"}


def test_each_container_is_given_what_it_must_have_and_nothing_that_the_site_does_not_know() -> None:
    settings = {*of("ConfigMap", "collab")["data"], *of("Secret", "collab")["stringData"]}
    assert settings <= {each.name for each in settings_read()} | BESIDES
    assert settings >= {each.name for each in settings_read() if each.is_required}
    for pod in pods():
        for container in containers(pod):
            assert container["envFrom"] == [{"configMapRef": {"name": "collab"}}, {"secretRef": {"name": "collab"}}]


def test_secrets_are_left_to_whoever_fills_them_in() -> None:
    secret = of("Secret", "collab")["stringData"]
    assert secret["SECRET_KEY"] == ""
    assert not secret.keys() & of("ConfigMap", "collab")["data"].keys()


def test_pods_keep_to_what_a_restricted_namespace_allows() -> None:
    assert of("Namespace", "collab")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["runAsUser"] == 10001
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not pod["automountServiceAccountToken"]
        for container in containers(pod):
            context = container["securityContext"]
            assert not context["allowPrivilegeEscalation"]
            assert context["readOnlyRootFilesystem"]
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert {"requests", "limits"} <= container["resources"].keys()
            mounted = {each["name"] for each in container["volumeMounts"]}
            assert mounted <= {each["name"] for each in pod["volumes"]}


def test_each_command_exists_and_is_that_of_the_compose_file() -> None:
    for pod in pods():
        for container in containers(pod):
            assert container["args"][0] in get_commands()
    assert NODE_CONTAINER["args"] == SITE["node1"]["command"]
    for name in ("worker", "beat", "canary"):
        [container] = of("Deployment", name)["spec"]["template"]["spec"]["containers"]
        assert container["args"] == SITE[name]["command"]


@pytest.mark.parametrize(
    ("service", "pod"),
    [
        ("backup", BACKUP),
        ("restore", of("Job", "restore")["spec"]["template"]["spec"]),
        ("node1", NODE["template"]["spec"]),
    ],
)
def test_what_has_to_do_with_backups_has_the_folders_of_the_compose_file(service: str, pod: Object) -> None:
    [container] = pod["containers"]
    variables = {each["name"]: each["value"] for each in container.get("env", [])}
    assert variables.get("VAR_DIR", "/srv/collab/var") == SITE[service]["environment"]["VAR_DIR"]
    assert sorted(of_container(pod)) == sorted(of_service(SITE[service]))


def test_a_backup_and_a_restore_are_asked_for_by_their_own_commands_and_the_image_of_the_others() -> None:
    [container] = of("Job", "restore")["spec"]["template"]["spec"]["containers"]
    # Nobody is there to be asked.
    assert container["args"] == [*SITE["restore"]["command"], "--replace", "--yes"]
    [image] = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["images"]
    assert container["image"] == f"{image['newName']}:{image['newTag']}"
    assert [each["args"] for each in (*BACKUP["initContainers"], *BACKUP["containers"])] == [
        SITE["backup"]["command"],
        ["backup", "--verify"],
    ]


def test_all_that_names_a_node_means_the_same() -> None:
    labels = NODE["template"]["metadata"]["labels"]
    assert NODE["selector"]["matchLabels"] == labels == of("Service", "node")["spec"]["selector"]
    assert of("PodDisruptionBudget", "node")["spec"]["selector"]["matchLabels"] == labels
    assert of("NetworkPolicy", "node")["spec"]["podSelector"]["matchLabels"] == labels
    assert of("HorizontalPodAutoscaler", "node")["spec"]["scaleTargetRef"]["name"] == "node"
    [port] = NODE_CONTAINER["ports"]
    assert f"--port={port['containerPort']}" in NODE_CONTAINER["args"]
    assert of("Service", "node")["spec"]["ports"][0]["targetPort"] == port["name"]
    [entry] = of("NetworkPolicy", "node")["spec"]["ingress"]
    assert entry["ports"][0]["port"] == port["containerPort"]
    [path] = of("Ingress", "collab")["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": "node", "port": {"name": "http"}}


def test_an_upgrade_takes_nobody_away_and_gives_a_node_the_time_to_leave() -> None:
    assert NODE["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    pod = NODE["template"]["spec"]
    [_, pause] = NODE_CONTAINER["lifecycle"]["preStop"]["exec"]["command"]
    assert pod["terminationGracePeriodSeconds"] > int(pause) + drain.GONE_AFTER + 1
    beat = of("Deployment", "beat")["spec"]
    assert (beat["replicas"], beat["strategy"]["type"]) == (1, "Recreate")
    for name in ("node", "worker", "beat", "canary"):
        [first] = of("Deployment", name)["spec"]["template"]["spec"]["initContainers"]
        assert first["args"] == ["migrate", "--check"]


def test_sockets_outlive_the_time_outs_of_the_way() -> None:
    told = of("Ingress", "collab")["metadata"]["annotations"]
    for name in ("nginx.org/proxy-read-timeout", "nginx.org/proxy-send-timeout"):
        assert int(told[name].removesuffix("s")) > 3 * HEARTBEAT
    assert told["nginx.org/websocket-services"] == "node"


def test_the_probes_answer_on_a_real_node_and_its_database_is_up_to_date(
    transactional_db: None, tmp_path: Path
) -> None:
    variables = environment(database_url(), VAR_DIR=str(tmp_path))
    done = run(["migrate", "--check"], variables)
    assert done.returncode == 0, done.stderr
    port = free_port()
    command = [each.replace("--port=8000", f"--port={port}") for each in NODE_CONTAINER["args"]]
    with running(command, tmp_path / "log", variables) as node:
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            path = NODE_CONTAINER[probe]["httpGet"]["path"]
            assert await_answer(port, path, node, tmp_path / "log") == 200, probe
        stop(node, 20)
