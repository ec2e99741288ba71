"""What the instruments say, who takes part in them, and which of it this authority has adopted.

Answers for the catalogue (one TOML file per instrument), the dated facts of participation and election, the
adoption of provisions by the legal adviser, the rule card, and the terms a clock is armed with.

Does not answer for cases: it starts no clock, knows no request, and never says what was granted.
"""
