"""Whether what somebody writes after a dispute has closed reads as if he wanted it looked at again.

A guess, and nothing hangs on it but a pointer: the writer is shown where an appeal is made, and until when.
"""

from __future__ import annotations

from amends.core.phrases.folding import fold

_STEMS = (
    # English
    *("appeal", "unfair", "not fair", "wrong decision", "disagree", "reconsider", "look at it again", "new evidence"),
    *("new photo", "new video", "new proof", "another photo", "here is proof", "mistake", "reopen", "not satisfied"),
    *("complain", "scam", "review again", "proof that"),
    # Russian
    *("апелляц", "несправедлив", "не соглас", "пересмотр", "новые доказательств", "новое доказательств", "новое фото"),
    *("новое видео", "ошибк", "жалоб", "обман", "решение неверн", "неправильн", "открыть снова", "доказательств"),
    # Chinese
    *(
        "申诉",
        "上诉",
        "不公",
        "不同意",
        "新证据",
        "新的证据",
        "重新审",
        "重新开",
        "错误",
        "投诉",
        "骗",
        "新照片",
        "新视频",
    ),
    # Portuguese, Spanish
    *("recurso", "recorrer", "apelacao", "apelacion", "injust", "nao concordo", "no estoy de acuerdo", "nova prova"),
    *("novas provas", "nueva prueba", "nuevas pruebas", "nova foto", "novo video", " erro", "reabrir", "reclama"),
    *("reconsider", "revisar de novo", "golpe", "discordo"),
    # Arabic
    *("استئناف", "اعتراض", "غير عادل", "ظلم", "لا أوافق", "لا اوافق", "دليل جديد", "أدلة جديدة", "ادلة جديدة"),
    *("إعادة النظر", "اعادة النظر", "خطأ", "شكوى", "احتيال", "صورة جديدة"),
)


def wants_another_look(text: str) -> bool:
    """Whether the text speaks of new evidence, or complains about the result, in one of our languages."""
    plain, folded = text.casefold(), fold(text)
    return any(stem in plain or stem in folded for stem in _STEMS)
