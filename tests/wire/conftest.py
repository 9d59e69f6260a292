from collections.abc import Iterator

import pytest

from config.embedded import temporary_servers
from tests.wire.wire import Wire


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with temporary_servers(safe=True) as servers:
        made = Wire(tmp_path_factory.mktemp("wire"), servers)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.fixture
def wire(running: Wire) -> Iterator[Wire]:
    yield running
    running.heal()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """What the processes said is the other half of a failure."""
    report = yield
    wire = getattr(item, "funcargs", {}).get("running")
    if wire and call.excinfo:
        for log in sorted(wire.folder.glob("*.log")):
            report.sections.append((log.name, log.read_text(errors="replace")[-4000:]))
    return report
