"""The addresses of an election's pages: public, elector's, officers'."""

from __future__ import annotations

from django.urls import path

from ballot.views import (
    attestations,
    board,
    check,
    decided_amendments,
    destruction,
    device_check,
    download,
    elector,
    electorate,
    incidents,
    log,
    nominations,
    notice,
    officer,
    officer_acts,
    officer_amendments,
    officer_attestations,
    officer_evidence,
    officer_helpdesk,
    officer_incidents,
    officer_issuer,
    officer_letters,
    officer_nominations,
    officer_post,
    officer_recounts,
    officer_timetable,
    officer_trustees,
    officer_turnout,
    officer_verification,
    officer_watching,
    public,
    release,
    results,
    teller,
    trustee,
    turnout,
)
from ballot.views.act_table import ACTS

_DESK = "desk/elections/"
_BOX = "trustee/<slug:slug>/boxes/<slug:contest>/<int:box>/"
_ONE = "desk/elections/<slug:slug>/"

urlpatterns = [
    # Electors.
    path("vote/<slug:slug>/", elector.booth, name="booth"),
    path("vote/<slug:slug>/identify", elector.identify, name="identify"),
    path("vote/<slug:slug>/confirm", elector.confirm, name="confirm"),
    path("vote/<slug:slug>/cast", elector.cast, name="cast"),
    path("vote/<slug:slug>/challenge", elector.challenge, name="challenge"),
    path("check/<slug:slug>/", device_check.device_check, name="device_check"),
    path("vote/<slug:slug>/reissue/", elector.reissue, name="reissue"),
    path("vote/<slug:slug>/reissue/asked/", elector.reissue_asked, name="reissue_asked"),
    path("vote/<slug:slug>/not-me/said/", elector.not_me_said, name="not_me_said"),
    path("vote/<slug:slug>/not-me/<str:token>/", elector.not_me, name="not_me"),
    # Anybody.
    path("", public.home, name="home"),
    path("elections/<slug:slug>/", public.election, name="election"),
    path("elections/<slug:slug>/notice/", notice.notice, name="notice"),
    path("elections/<slug:slug>/notice.pdf", notice.notice_document, name="notice_document"),
    path(
        "elections/<slug:slug>/candidates/<int:candidate_id>/photo",
        public.candidate_photo,
        name="candidate_photo",
    ),
    path("elections/<slug:slug>/nominations/", nominations.nominations, name="nominations"),
    path("nominate/<slug:slug>/", nominations.nominate, name="nominate"),
    path("consent/<slug:slug>/", nominations.consent, name="consent"),
    path("elections/<slug:slug>/electorate/", electorate.electorate, name="electorate"),
    path(
        "elections/<slug:slug>/electorate.csv", electorate.electorate_csv, name="electorate_csv"
    ),
    path(
        "elections/<slug:slug>/electorate.json", electorate.electorate_json, name="electorate_json"
    ),
    path("elections/<slug:slug>/turnout/", turnout.turnout, name="turnout"),
    path("elections/<slug:slug>/turnout.csv", turnout.turnout_csv, name="turnout_csv"),
    path("elections/<slug:slug>/turnout.json", turnout.turnout_json, name="turnout_json"),
    path("elections/<slug:slug>/incidents/", incidents.incidents, name="incidents"),
    path("elections/<slug:slug>/attestations/", attestations.attestations, name="attestations"),
    path("elections/<slug:slug>/result/", results.result, name="result"),
    path("elections/<slug:slug>/result.json", results.result_json, name="result_json"),
    path("elections/<slug:slug>/result.pdf", results.result_pdf, name="result_pdf"),
    path("elections/<slug:slug>/result/version/<int:version>/", results.result,
         name="result_version"),
    path("elections/<slug:slug>/result/version/<int:version>.json", results.result_json,
         name="result_version_json"),
    path("elections/<slug:slug>/result/version/<int:version>.pdf", results.result_pdf,
         name="result_version_pdf"),
    path(
        "elections/<slug:slug>/result/<int:number>/count.csv", results.count_csv, name="count_csv"
    ),
    path(
        "elections/<slug:slug>/result/<int:number>/rctab.json",
        results.count_rctab,
        name="count_rctab",
    ),
    path(
        "elections/<slug:slug>/result/<int:number>/papers.blt",
        results.papers_blt,
        name="papers_blt",
    ),
    path("elections/<slug:slug>/destruction/", destruction.destruction, name="destruction"),
    path("board/<slug:slug>/", board.board, name="board"),
    path("board/<slug:slug>/<int:number>.json", board.entry_json, name="entry_json"),
    path("board/<slug:slug>/blob/<str:sha256>", board.blob, name="blob"),
    path("board/<slug:slug>/checkpoint", log.checkpoint, name="checkpoint"),
    path("board/<slug:slug>/cosignature", log.cosignature, name="cosignature"),
    path("board/<slug:slug>/everything.zip", download.everything, name="everything"),
    path("board/<slug:slug>/tile/<path:path>", log.tile, name="tile"),
    path("board/<slug:slug>/<int:number>.tlog-proof", log.proof, name="proof"),
    # Trustees.
    path("trustee/<slug:slug>/", trustee.page, name="trustee"),
    path("trustee/<slug:slug>/seat", trustee.seat, name="trustee_seat"),
    path("trustee/<slug:slug>/ceremony", trustee.ceremony, name="trustee_ceremony"),
    path("trustee/<slug:slug>/held", trustee.held, name="trustee_held"),
    path(f"{_BOX}mix/<int:number>/<str:signature>", trustee.mix, name="trustee_mix"),
    path(f"{_BOX}commitment", trustee.commitment, name="trustee_commitment"),
    path(f"{_BOX}part", trustee.part, name="trustee_part"),
    path("board/<slug:slug>/check/", check.check, name="check"),
    path("board/<slug:slug>/watch/", check.watch, name="watch"),
    path("board/check-worker.js", check.check_worker, name="check_worker"),
    path("board/verifier.zip", check.verifier_zip, name="verifier_zip"),
    path("board/hustings_witness.py", check.witness_file, name="witness_file"),
    # Candidates, before the declaration.
    path("told/<slug:slug>/", release.told_before, name="told_before"),
    # Officers.
    path(_DESK, officer.elections, name="elections"),
    path(f"{_DESK}new/", officer.begin, name="desk_begin"),
    path(_ONE, officer.dashboard, name="desk_election"),
    path(f"{_ONE}set-up/", officer.set_up, name="desk_set_up"),
    path(f"{_ONE}timetable/", officer_timetable.timetable, name="desk_timetable"),
    path(f"{_ONE}timetable/dates/", officer_timetable.dates, name="desk_dates"),
    path(f"{_ONE}mistake/", officer_timetable.mistake, name="desk_mistake"),
    path(f"{_ONE}paper/", officer.paper, name="desk_paper"),
    path(f"{_ONE}contests/new/", officer.contest_new, name="desk_contest_new"),
    path(
        f"{_ONE}contests/<int:contest_id>/remove/",
        officer.contest_remove,
        name="desk_contest_remove",
    ),
    path(
        f"{_ONE}contests/<int:contest_id>/candidates/new/",
        officer.candidate_new,
        name="desk_candidate_new",
    ),
    path(f"{_ONE}candidates/<int:candidate_id>/", officer.candidate, name="desk_candidate"),
    path(
        f"{_ONE}candidates/<int:candidate_id>/withdraw/",
        officer.candidate_withdraw,
        name="desk_candidate_withdraw",
    ),
    path(f"{_ONE}nominations/", officer_nominations.nominations, name="desk_nominations"),
    path(
        f"{_ONE}nominations/<int:nomination_id>/",
        officer_nominations.nomination,
        name="desk_nomination",
    ),
    path(f"{_ONE}papers/<int:candidate_id>/", officer_nominations.paper, name="desk_paper_of"),
    path(
        f"{_ONE}papers/<int:candidate_id>/ask/", officer_nominations.ask, name="desk_ask_consent"
    ),
    path(
        f"{_ONE}papers/<int:candidate_id>/photograph/",
        officer_nominations.photograph,
        name="desk_photograph",
    ),
    path(
        f"{_ONE}papers/<int:candidate_id>/ask-second/",
        officer_nominations.ask_second,
        name="desk_ask_second",
    ),
    path(
        f"{_ONE}papers/<int:candidate_id>/consent/",
        officer_nominations.paper_consent,
        name="desk_paper_consent",
    ),
    path(f"{_ONE}bodies/", officer_nominations.bodies, name="desk_bodies"),
    path(f"{_ONE}bodies/new/", officer_nominations.body_new, name="desk_body_new"),
    path(f"{_ONE}bodies/links/", officer_nominations.links_sent, name="desk_links_sent"),
    path(f"{_ONE}bodies/<int:body_id>/", officer_nominations.body, name="desk_body"),
    path(
        f"{_ONE}bodies/<int:body_id>/remove/",
        officer_nominations.body_removed,
        name="desk_body_removed",
    ),
    path(
        f"{_ONE}bodies/<int:body_id>/link/sent/",
        officer_nominations.body_link_sent,
        name="desk_body_link_sent",
    ),
    path(
        f"{_ONE}bodies/<int:body_id>/link/shown/",
        officer_nominations.body_link_shown,
        name="desk_body_link_shown",
    ),
    path(f"{_ONE}trustees/", officer_trustees.trustees, name="desk_trustees"),
    path(f"{_ONE}trustees/anew/", officer_trustees.anew, name="desk_ceremony_anew"),
    path(f"{_ONE}trustees/<int:number>/seat/", officer_trustees.seat, name="desk_seat"),
    path(
        f"{_ONE}trustees/<int:number>/seat/sent/",
        officer_trustees.seat_sent,
        name="desk_seat_sent",
    ),
    path(
        f"{_ONE}trustees/<int:number>/seat/shown/",
        officer_trustees.seat_shown,
        name="desk_seat_shown",
    ),
    path(f"{_ONE}turnout/", officer_turnout.turnout, name="desk_turnout"),
    path(
        f"{_ONE}turnout/figures/", officer_turnout.turnout_fragment, name="desk_turnout_fragment"
    ),
    path(f"{_ONE}attestations/", officer_attestations.attestations, name="desk_attestations"),
    path(f"{_ONE}watching/", officer_watching.watching, name="desk_watching"),
    path(f"{_ONE}watching/sheets.csv", officer_watching.sheets_csv, name="desk_sheets_csv"),
    path(f"{_ONE}letters/", officer_letters.letters, name="desk_election_letters"),
    path(
        f"{_ONE}letters/<slug:kind>.pdf", officer_letters.printed, name="desk_printed_sample"
    ),
    path(f"{_ONE}helpdesk/", officer_helpdesk.helpdesk, name="desk_helpdesk"),
    path(f"{_ONE}incidents/", officer_incidents.incidents, name="desk_incidents"),
    path(f"{_ONE}incidents/new/", officer_incidents.incident_new, name="desk_incident_new"),
    path(
        f"{_ONE}incidents/<int:number>/", officer_incidents.incident, name="desk_incident"
    ),
    path(
        f"{_ONE}incidents/<int:number>/further/",
        officer_incidents.incident_further,
        name="desk_incident_further",
    ),
    path(
        f"{_ONE}incidents/<int:number>/judged/",
        officer_incidents.incident_judged,
        name="desk_incident_judged",
    ),
    path(f"{_ONE}issuer/", officer_issuer.issuer, name="desk_issuer"),
    path(f"{_ONE}issuer/list", officer_issuer.give_list, name="desk_issuer_list"),
    path(f"{_ONE}issuer/requests", officer_issuer.give_requests, name="desk_issuer_requests"),
    path(f"{_ONE}issuer/take", officer_issuer.take, name="desk_issuer_take"),
    path(f"{_ONE}amendments/", officer_amendments.amendments, name="desk_amendments"),
    path(
        f"{_ONE}amendments/decided/<int:decision_id>/",
        decided_amendments.amend_as_decided,
        name="desk_amend_as_decided",
    ),
    path(f"{_ONE}amendments/bulk/", officer_amendments.bulk_new, name="desk_bulk_new"),
    path(f"{_ONE}amendments/bulk/<int:bulk_id>/", officer_amendments.bulk, name="desk_bulk"),
    path(f"{_ONE}set-aside/", officer_amendments.set_aside, name="desk_set_aside"),
    path(f"{_ONE}post/", officer_post.post, name="desk_post"),
    path(f"{_ONE}post/envelopes/", officer_post.proposed, name="desk_envelopes"),
    path(
        f"{_ONE}post/envelopes/<int:first>/<int:count>/",
        officer_post.labels,
        name="desk_envelope_labels",
    ),
    path(f"{_ONE}post/receive/", officer_post.receive, name="desk_receive_envelope"),
    path(f"{_ONE}post/tellers/", officer_post.tellers, name="desk_name_tellers"),
    path(
        f"{_ONE}post/papers/<slug:section>/<int:number>/",
        officer_post.ruling,
        name="desk_ruling",
    ),
    path(f"{_ONE}papers/", teller.papers, name="desk_papers"),
    path(f"{_ONE}papers/key", teller.key, name="desk_teller_key"),
    path(f"{_ONE}papers/read", teller.read, name="desk_read_paper"),
    path(f"{_ONE}verification/", officer_verification.verification, name="desk_verification"),
    path(f"{_ONE}verification/<slug:code>/<str:section>/", officer_verification.explain,
         name="desk_explain"),
    path(f"{_ONE}release/", release.releases, name="desk_releases"),
    path(f"{_ONE}release/<int:candidate_id>/", release.release, name="desk_release"),
    path(f"{_ONE}release/<int:candidate_id>/end/", release.release_end, name="desk_release_end"),
    path(f"{_ONE}recounts/", officer_recounts.recounts, name="desk_recounts"),
    path(f"{_ONE}recounts/<int:recount_id>/", officer_recounts.recount, name="desk_recount"),
    path(f"{_ONE}recounts/by-rule/<int:number>/", officer_recounts.by_rule,
         name="desk_recount_by_rule"),
    path(f"{_ONE}evidence/", officer_evidence.evidence, name="desk_evidence"),
    path(
        f"{_ONE}evidence/<int:evidence_id>.json",
        officer_evidence.evidence_json,
        name="desk_evidence_json",
    ),
    path(
        f"{_ONE}evidence/<int:evidence_id>.blt",
        officer_evidence.evidence_papers,
        name="desk_evidence_papers",
    ),
    path(f"{_ONE}lot/", officer_acts.lot, name="desk_lot"),
    *(
        path(f"{_ONE}acts/{name}/", officer_acts.act_page(name), name=f"act_{name}")
        for name in ACTS
    ),
]
