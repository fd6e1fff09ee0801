"""All addresses of the product."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from onboarding.portal.approver import views as approver
from onboarding.portal.callbacks import views as callbacks
from onboarding.portal.handover import views as portal_handover
from onboarding.portal.kickoff import views as portal_kickoff
from onboarding.portal.link import views as link
from onboarding.portal.progress import views as progress
from onboarding.portal.reapproval import views as renewing
from onboarding.portal.removals import views as portal_removals
from onboarding.portal.return_visit import views as returning
from onboarding.portal.security_pack import views as portal_security_pack
from onboarding.staff.board import views as board
from onboarding.staff.contacts import views as contacts
from onboarding.staff.customer import views as customer
from onboarding.staff.kickoff import views as questionnaire
from onboarding.staff.letters import several as several_letters
from onboarding.staff.letters import views as outbox
from onboarding.staff.people import again as people_again
from onboarding.staff.people import look as look
from onboarding.staff.people import message as people_message
from onboarding.staff.people import person as person
from onboarding.staff.people import views as people
from onboarding.staff.proposals import views as proposals
from onboarding.staff.readiness import views as readiness
from onboarding.staff.record import entered_token as entered_token
from onboarding.staff.record import handover as handover
from onboarding.staff.record import kept_token as kept_token
from onboarding.staff.record import read_only as read_only
from onboarding.staff.record import support_bundle as support_bundle
from onboarding.staff.record import views as record
from onboarding.staff.record import wizard
from onboarding.staff.security_pack import views as security_pack
from onboarding.staff.sign_in import views as sign_in
from onboarding.web import health, watching

urlpatterns = [
    # staff
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("watch/", watching.watch, name="watch"),
    path("", board.board, name="board"),
    path("customers/new/", customer.customer_new, name="customer_new"),
    path("customers/<int:pk>/", record.record, name="record"),
    path("customers/<int:pk>/edit/", customer.customer_edit, name="customer_edit"),
    path("customers/<int:pk>/link/", record.link_issue, name="link_issue"),
    path("customers/<int:pk>/links/<int:link_pk>/revoke/", record.link_revoke, name="link_revoke"),
    path("customers/<int:pk>/links/<int:link_pk>/unlock/", record.link_unlock, name="link_unlock"),
    path("customers/<int:pk>/security/", security_pack.security_pack, name="security_pack"),
    path("customers/<int:pk>/readiness/", readiness.readiness, name="readiness_report"),
    path("customers/<int:pk>/readiness.csv", readiness.readiness_csv, name="readiness_csv"),
    path("customers/<int:pk>/tenant/", proposals.propose_tenant, name="propose_tenant"),
    path("customers/<int:pk>/sharing/", proposals.propose_sharing, name="propose_sharing"),
    path("customers/<int:pk>/address/", proposals.propose_address, name="propose_address"),
    path("customers/<int:pk>/removals/", proposals.propose_removals, name="propose_removals"),
    path("customers/<int:pk>/proposals/<int:proposal_pk>/", proposals.decide, name="proposal_decide"),
    path("customers/<int:pk>/read-only/", read_only.read_only_mode, name="read_only"),
    path("customers/<int:pk>/kept-token/", kept_token.kept_token, name="kept_token"),
    path("customers/<int:pk>/support-bundle/", support_bundle.support_bundle, name="support_bundle"),
    path("customers/<int:pk>/entered-token/", entered_token.withdraw_token, name="withdraw_token"),
    path("customers/<int:pk>/handover/", handover.ask_customer, name="ask_customer"),
    path("customers/<int:pk>/pause/", record.pause, name="pause"),
    path("customers/<int:pk>/resume/", record.resume, name="resume"),
    path("customers/<int:pk>/steps/<slug:key>/", wizard.step, name="step"),
    path("customers/<int:pk>/findings/<slug:code>/", wizard.go_on, name="go_on"),
    path("customers/<int:pk>/variant/", wizard.accept_variant, name="accept_variant"),
    path("customers/<int:pk>/variant/back/", wizard.take_variant_back, name="take_variant_back"),
    path("customers/<int:pk>/steps/<slug:key>/approve/", wizard.step_approve, name="step_approve"),
    path("customers/<int:pk>/steps/<slug:key>/recheck/", wizard.step_recheck, name="step_recheck"),
    path("customers/<int:pk>/users/", people.people, name="people"),
    path("customers/<int:pk>/users.csv", people.people_csv, name="people_csv"),
    path("customers/<int:pk>/users/again/", people_again.people_again, name="people_again"),
    path("customers/<int:pk>/users/message/", people_message.people_message, name="people_message"),
    path("customers/<int:pk>/users/<int:person_pk>/", person.person, name="person"),
    path("customers/<int:pk>/users/look/", look.look, name="person_look"),
    path("customers/<int:pk>/users/look/<int:inquiry_pk>/", look.found, name="person_found"),
    # the customer's admin
    path("l/<str:token>/", link.link, name="link"),
    path("l/<str:token>/begin/", link.begin, name="link_begin"),
    path("l/<str:token>/approver/", approver.by_link, name="approver_by_link"),
    path("l/<str:token>/security/", portal_security_pack.security_pack, name="security_pack_by_link"),
    path("consent/again/", link.begin_again, name="link_begin_again"),
    path("consent/approver/", approver.after_refusal, name="approver"),
    path("consent/signed-in/", callbacks.signed_in, name="consent_signed_in"),
    path("consent/granted/", callbacks.granted, name="consent_granted"),
    path("progress/", progress.progress, name="progress"),
    path("progress/approve/", renewing.renew, name="renew"),
    path("progress/removals/", portal_removals.answer, name="removals_answer"),
    path("progress/token/", portal_handover.hand_over, name="hand_over"),
    path("l/<str:token>/return/", returning.begin, name="link_return"),
    path("consent/return/", returning.begin_again, name="link_return_again"),
    # everybody
    path("language/", set_language, name="language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # contacts, letters and the questions of the kick-off
    path("outbox/", outbox.outbox, name="outbox"),
    path("customers/<int:pk>/outbox/", outbox.outbox, name="outbox"),
    path("outbox/release/", several_letters.letters_release, name="letters_release"),
    path("customers/<int:pk>/outbox/release/", several_letters.letters_release, name="letters_release"),
    path("customers/<int:pk>/letters/write/", outbox.letter_write, name="letter_write"),
    path("customers/<int:pk>/letters/<int:letter_pk>/", outbox.letter, name="letter"),
    path("customers/<int:pk>/letters/<int:letter_pk>/release/", outbox.letter_release, name="letter_release"),
    path("customers/<int:pk>/letters/<int:letter_pk>/retry/", outbox.letter_retry, name="letter_retry"),
    path("customers/<int:pk>/letters/<int:letter_pk>/settle/", outbox.letter_settle, name="letter_settle"),
    path("customers/<int:pk>/letters/<int:letter_pk>/cancel/", outbox.letter_cancel, name="letter_cancel"),
    path("customers/<int:pk>/contacts/", contacts.contacts, name="contacts"),
    path("customers/<int:pk>/contacts/add/", contacts.contact_add, name="contact_add"),
    path("customers/<int:pk>/contacts/<int:contact_pk>/", contacts.contact_change, name="contact_change"),
    path("customers/<int:pk>/contacts/<int:contact_pk>/remove/", contacts.contact_remove, name="contact_remove"),
    path("customers/<int:pk>/contacts/<int:contact_pk>/link/", contacts.contact_link, name="contact_link"),
    path("customers/<int:pk>/questions/", questionnaire.questionnaire, name="questionnaire"),
    path("l/<str:token>/questions/", portal_kickoff.questionnaire, name="questionnaire_by_link"),
]
