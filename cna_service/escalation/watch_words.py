"""The shipped texts about the watch, in four languages; ``[<language>.watch]`` of texts.toml replaces any of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WORDS = frozenset(
    {
        "desk",
        "number",
        "code",
        "post",
        "at",
        "until",
        "cases",
        "next",
        "promises",
        "who",
        "name",
        "link",
        "minutes",
    }
)
"""What such a text may name."""

_EN = {
    "notice": "$desk: your watch ($post) begins $at, until $until. Not right? Call $number",
    "hand_over": (
        "$desk: you have the watch ($post) until $until. Open cases: $cases$next. Owed: "
        "$promises. Sign the relief at the console."
    ),
    "hand_over_post": "$desk: you are $post until $until.",
    "next": ", first due $at",
    "confirm": "$desk: to take the watch now, send WATCH $code within 10 min. Not you? Do nothing and call $number",
    "taken": "$desk: you have the watch since $at, until $until. Not you? Reply NO",
    "taken_from": "$desk: $name took the watch from you at $at. Not agreed? Call $number",
    "taken_told": "$desk: $name took the watch at $at, by SMS.",
    "given_back": "$desk: given back. The watch is as it was before.",
    "given_back_told": "$desk: the watch that $name took by SMS was given back at $at: he says it was not he.",
    "has_it": "$desk: you have the watch already, until $until.",
    "wrong": "$desk: that code takes no watch. Send WATCH for a new one, or call $number",
    "may_not": "$desk: your account cannot take the watch. Call $number",
    "now": "$desk: now $who until $until.",
    "then": "Next $who from $at.",
    "week": "Week: $who",
    "nobody": "nobody",
    "check_in": "$desk cannot wake anybody. Sign in at the console and check in by $at, every $minutes min.",
    "open": "open",
    "duty_officer": "duty officer",
    "deputy": "deputy",
    "supervisor": "supervisor",
}
_ES = {
    "notice": "$desk: su guardia ($post) empieza $at, hasta $until. No es correcto? Llame al $number",
    "hand_over": (
        "$desk: usted tiene la guardia ($post) hasta $until. Casos abiertos: $cases$next. "
        "Pendiente: $promises. Firme el relevo en la consola."
    ),
    "hand_over_post": "$desk: usted es $post hasta $until.",
    "next": ", primero vence $at",
    "confirm": (
        "$desk: para tomar la guardia ahora, envie GUARDIA $code en 10 min. No fue usted? No "
        "haga nada y llame al $number"
    ),
    "taken": "$desk: usted tiene la guardia desde $at, hasta $until. No fue usted? Responda NO",
    "taken_from": "$desk: $name le tomo la guardia a las $at. No de acuerdo? Llame al $number",
    "taken_told": "$desk: $name tomo la guardia a las $at, por SMS.",
    "given_back": "$desk: devuelta. La guardia queda como antes.",
    "given_back_told": "$desk: la guardia que $name tomo por SMS fue devuelta a las $at: dice que no fue el.",
    "has_it": "$desk: usted ya tiene la guardia, hasta $until.",
    "wrong": "$desk: ese codigo no toma ninguna guardia. Envie GUARDIA para otro, o llame al $number",
    "may_not": "$desk: su cuenta no puede tomar la guardia. Llame al $number",
    "now": "$desk: ahora $who hasta $until.",
    "then": "Despues $who desde $at.",
    "week": "Semana: $who",
    "nobody": "nadie",
    "check_in": (
        "$desk no puede despertar a nadie. Entre en la consola y confirme su presencia antes "
        "de $at, cada $minutes min."
    ),
    "open": "sin fin",
    "duty_officer": "oficial de guardia",
    "deputy": "suplente",
    "supervisor": "supervisor",
}
_FR = {
    "notice": "$desk: votre quart ($post) commence $at, jusqu'a $until. Erreur? Appelez le $number",
    "hand_over": (
        "$desk: vous avez le quart ($post) jusqu'a $until. Dossiers ouverts: $cases$next. En "
        "attente: $promises. Signez la releve a la console."
    ),
    "hand_over_post": "$desk: vous etes $post jusqu'a $until.",
    "next": ", premier delai $at",
    "confirm": (
        "$desk: pour prendre le quart maintenant, envoyez QUART $code dans les 10 min. Pas "
        "vous? Ne faites rien et appelez le $number"
    ),
    "taken": "$desk: vous avez le quart depuis $at, jusqu'a $until. Pas vous? Repondez NO",
    "taken_from": "$desk: $name a pris votre quart a $at. Pas d'accord? Appelez le $number",
    "taken_told": "$desk: $name a pris le quart a $at, par SMS.",
    "given_back": "$desk: rendu. Le quart est comme avant.",
    "given_back_told": (
        "$desk: le quart que $name avait pris par SMS a ete rendu a $at: ce n'etait pas lui, dit-il."
    ),
    "has_it": "$desk: vous avez deja le quart, jusqu'a $until.",
    "wrong": "$desk: ce code ne prend aucun quart. Envoyez QUART pour un autre, ou appelez le $number",
    "may_not": "$desk: votre compte ne peut pas prendre le quart. Appelez le $number",
    "now": "$desk: maintenant $who jusqu'a $until.",
    "then": "Puis $who a partir de $at.",
    "week": "Semaine: $who",
    "nobody": "personne",
    "check_in": (
        "$desk ne peut reveiller personne. Ouvrez la console et signalez votre presence avant "
        "$at, toutes les $minutes min."
    ),
    "open": "sans fin",
    "duty_officer": "officier de quart",
    "deputy": "adjoint",
    "supervisor": "superviseur",
}
_PT = {
    "notice": "$desk: o seu quarto ($post) comeca $at, ate $until. Nao esta certo? Ligue $number",
    "hand_over": (
        "$desk: tem o quarto ($post) ate $until. Casos abertos: $cases$next. Em falta: "
        "$promises. Assine a rendicao na consola."
    ),
    "hand_over_post": "$desk: e $post ate $until.",
    "next": ", primeiro prazo $at",
    "confirm": (
        "$desk: para tomar o quarto agora, envie QUARTO $code em 10 min. Nao foi voce? Nao "
        "faca nada e ligue $number"
    ),
    "taken": "$desk: tem o quarto desde $at, ate $until. Nao foi voce? Responda NO",
    "taken_from": "$desk: $name tomou o seu quarto as $at. Nao concorda? Ligue $number",
    "taken_told": "$desk: $name tomou o quarto as $at, por SMS.",
    "given_back": "$desk: devolvido. O quarto esta como antes.",
    "given_back_told": "$desk: o quarto que $name tomou por SMS foi devolvido as $at: diz que nao foi ele.",
    "has_it": "$desk: ja tem o quarto, ate $until.",
    "wrong": "$desk: esse codigo nao toma nenhum quarto. Envie QUARTO para outro, ou ligue $number",
    "may_not": "$desk: a sua conta nao pode tomar o quarto. Ligue $number",
    "now": "$desk: agora $who ate $until.",
    "then": "Depois $who a partir de $at.",
    "week": "Semana: $who",
    "nobody": "ninguem",
    "check_in": (
        "$desk nao consegue acordar ninguem. Entre na consola e confirme a presenca ate $at, "
        "de $minutes em $minutes min."
    ),
    "open": "sem fim",
    "duty_officer": "oficial de quarto",
    "deputy": "adjunto",
    "supervisor": "supervisor",
}

WATCH_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": MappingProxyType(_EN),
        "es": MappingProxyType(_ES),
        "fr": MappingProxyType(_FR),
        "pt": MappingProxyType(_PT),
    }
)
