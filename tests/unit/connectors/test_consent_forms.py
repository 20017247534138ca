"""`consent_forms.yaml` tells officers what the contracts' consent forms cover; the connectors read
by tables of their own. Both say the same."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from connectors import CONNECTORS, ai_voucher, recipients, robot
from connectors.base import Tri
from schemas.policies import Policy
from schemas.policy_record import ConsentForms

NAMES = {
    "smart-factory": "contracted",
    "robot": "agreement",
    "mfg-ai": "row-plain",
    "ai-voucher": "contracted",
}
"""A sample with a consent, of every input whose form names its recipients itself."""


@pytest.fixture
def forms(policy: Policy) -> ConsentForms:
    return policy.consent_forms


@pytest.fixture
def judged(
    hub_of: Callable[[str], Any],
    sample: Callable[..., dict[str, Any]],
    encoded: Callable[..., bytes],
) -> Callable[..., Any]:
    """The participation of a sample with changes."""

    def of(folder: str, **changes: Any) -> Any:
        hub = hub_of(folder)
        source = hub.connector.source
        record = sample(folder, NAMES[folder], **changes)
        value = orjson.dumps(record) if source.wire == "json" else encoded(folder, record)
        hub.take("1", str(record[source.key_field]).encode(), value)
        [participation] = hub.participations.values()
        return participation

    return of


def test_every_input_has_its_form(forms: ConsentForms) -> None:
    programmes = {c.source.folder: c.source.programme for c in CONNECTORS}
    assert {folder: form.programme for folder, form in forms.forms.items()} == programmes
    named = {
        folder
        for folder, form in forms.forms.items()
        if any(isinstance(version.enterprise_info, tuple) for version in form.versions)
    }
    assert named == NAMES.keys()


@pytest.mark.parametrize("folder", ["smart-factory", "robot", "mfg-ai"])
def test_recipients_of_a_form_that_names_them(
    folder: str, forms: ConsentForms, judged: Callable[..., Any]
) -> None:
    [version] = forms.forms[folder].versions
    consent = judged(folder).consent
    assert (consent.granted, consent.recipients) == (True, version.enterprise_info)


def test_the_voucher_form_of_a_day(forms: ConsentForms, judged: Callable[..., Any]) -> None:
    """P1 §6: each wording on its first and last day. One that names no agency proves nothing."""
    for version in forms.forms["ai-voucher"].versions:
        for day in (version.signed_from, version.signed_to):
            if day is None:
                continue
            found = judged("ai-voucher", infoAgreeDt=str(day))
            granted: Tri = True if version.enterprise_info else None
            assert (found.consent.granted, found.consent.recipients) == (
                granted,
                version.enterprise_info,
            )
            assert found.consent_contact is (True if version.contact else None)
            asked = judged("ai-voucher", infoAgreeYn=None, updDtm=f"{day}T10:00:00+09:00")
            assert asked.consent_form == f"P1-{version.form}"


def test_recipients_of_contacts(forms: ConsentForms) -> None:
    newest = forms.forms["ai-voucher"].versions[-1]
    assert newest.contact == ai_voucher.CONTACT_RECIPIENTS
    assert forms.forms["robot"].versions[0].contact == robot.CONTACT_RECIPIENTS


def test_names_of_listed_recipients(forms: ConsentForms) -> None:
    assert set(forms.agencies) == set(recipients.AGENCIES.values())
    assert forms.aliases == recipients.OPERATORS
