"""The ways by which a person is reached: SMS and voice (Twilio's protocol), mail; what a provider's word means.

Answers for: handing one sending to one provider, telling permanent from temporary failures, the order of a
provider's statuses, the pages of a call, and the check that a callback is the provider's own. Does not decide
whom to summon, when, or with which words (escalation, duty, workflow), keeps no rows and reads no settings.
"""
