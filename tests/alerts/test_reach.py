"""Which addresses the desk calls because somebody typed them: public ones by https, and what a setting names."""

from __future__ import annotations

import pytest

from cna_service.alerts.ports import ChannelError
from cna_service.alerts.reach import Reach, read_networks


def refused(reach: Reach, url: str) -> str:
    with pytest.raises(ChannelError) as caught:
        reach.pin(url)
    return caught.value.code


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.8/x",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://224.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "http://198.41.0.4/",
        "ftp://198.41.0.4/",
        "file:///etc/passwd",
        "https://user:word@198.41.0.4/",
        "https:///x",
        "https://198.41.0.4:99999/",
        "https://[198.41.0.4/",
        "",
    ],
)
def test_nothing_inside_and_nothing_without_https(url: str) -> None:
    assert refused(Reach(), url) in ("address-refused", "connection")


def test_a_public_address_is_called_by_number_under_its_name() -> None:
    pinned = Reach().pin("https://198.41.0.4:8443/hook?x=1#part")
    assert pinned.url == "https://198.41.0.4:8443/hook?x=1"
    assert pinned.headers == {"Host": "198.41.0.4:8443"} and pinned.extensions == {
        "sni_hostname": "198.41.0.4"
    }
    assert Reach().pin("https://[2001:500:2::c]").url == "https://[2001:500:2::c]/"


def test_what_the_authority_names_may_be_reached_and_nothing_else() -> None:
    reach = Reach(read_networks("10.1.0.0/16, fd00::/8"))
    assert reach.pin("https://10.1.2.3/x").url == "https://10.1.2.3/x"
    assert reach.pin("https://[fd00::5]/x").url == "https://[fd00::5]/x"
    assert refused(reach, "https://10.2.0.1/x") == "address-refused"
    assert refused(reach, "http://10.1.2.3/x") == "address-refused"


def test_loopback_without_https_in_an_exercise_alone() -> None:
    reach = Reach(is_exercise=True)
    pinned = reach.pin("http://localhost:8099/x")
    assert pinned.url.startswith("http://127.0.0.1:8099/") or pinned.url.startswith("http://[::1]:8099/")
    assert pinned.headers == {"Host": "localhost:8099"}
    assert refused(reach, "http://198.41.0.4/") == "address-refused"
    assert refused(reach, "https://10.0.0.8/") == "address-refused"


@pytest.mark.parametrize("told", ["10.1.0.0/33", "somewhere", "10.1.0.0/16 10.2.0.0/16"])
def test_what_is_no_network_is_refused(told: str) -> None:
    with pytest.raises(ValueError):
        read_networks(told)
