"""Short conversations in many languages, for demonstrations: by language, each a list of (prompt, response)."""

from __future__ import annotations

CHATS: dict[str, list[list[tuple[str, str]]]] = {
    "en": [
        [
            (
                "Write a polite reply to a customer whose parcel is three days late.",
                "Dear Ms Carter,\n\nI am sorry that your parcel has not reached you yet. The carrier lists it as "
                "delayed at its depot and expects to deliver it on Thursday. If it is not with you by Friday, I will "
                "send a replacement free of charge.\n\nKind regards",
            ),
            (
                "Shorter, and offer ten percent off.",
                "Dear Ms Carter,\n\nI am sorry for the delay: your parcel should arrive on Thursday. Please take 10 % "
                "off your next order with the code that follows in a separate message.\n\nKind regards",
            ),
        ],
        [
            (
                "What does `git rebase --onto main feature~3 feature` do?",
                "It takes the last three commits of `feature` and replays them on top of `main`:\n\n"
                "```\nmain ── A' ── B' ── C'  (feature)\n```\n\nEverything before `feature~3` is left behind. "
                "If it goes wrong, `git rebase --abort` brings you back.",
            )
        ],
        [
            (
                "Explain compound interest to a twelve-year-old.",
                "Imagine a jar that pays you one sweet for every ten inside, once a year. Ten sweets become eleven. "
                "The next year the jar pays for eleven, not ten. The sweets you earned earn sweets too 🍬.",
            ),
            ("So is it good or bad?", "Good when the jar is yours, bad when you owe the sweets to somebody else."),
        ],
        [
            (
                "Summarise: the board met on Monday, approved the budget, and postponed the hiring plan to March.",
                "On Monday the board approved the budget; the hiring plan waits until March.",
            )
        ],
        [
            ("Give me a regular expression for a date like 2026-01-31.", r"`^\d{4}-(0[1-9]|1[0-2])-\d{2}$`"),
            (
                "It lets 2026-02-31 through.",
                "Yes: a regular expression does not know how long a month is. Match the form with it, then let a date "
                "library decide: `datetime.date.fromisoformat(text)` raises `ValueError` for 31 February.",
            ),
            ("Thanks, that works.", "You're welcome!"),
        ],
    ],
    "pt": [
        [
            (
                "Como peço a segunda via do boleto?",
                "Entre na sua conta, abra *Financeiro* e escolha *Boletos*. Ao lado do boleto vencido há o botão "
                "**Segunda via**: ele gera um novo código com a data de hoje.",
            ),
            (
                "E se já passou do vencimento?",
                "O novo boleto já sai com multa e juros calculados. O pagamento é confirmado em até dois dias úteis.",
            ),
        ],
        [
            (
                "Me dá uma receita rápida com abobrinha e ovo.",
                "Omelete de abobrinha: rale uma abobrinha, aperte para tirar a água e refogue com alho por três "
                "minutos. Junte três ovos batidos, sal e queijo, tampe e deixe em fogo baixo até firmar. 🍳",
            )
        ],
        [
            (
                "Revise esta frase: «Houveram muitos problemas na reunião de ontem.»",
                "«Houve muitos problemas na reunião de ontem.» No sentido de existir, *haver* não vai para o plural.",
            )
        ],
        [
            (
                "Qual a diferença entre CLT e PJ?",
                "Na CLT você é empregado: férias, 13º, FGTS e INSS entram no contrato. Como PJ você presta serviço "
                "por uma empresa sua: emite nota, paga os próprios impostos e negocia o que a CLT garantiria.",
            ),
            ("Quanto a mais devo pedir como PJ?", "Muita gente parte de 30 % a 50 % acima do salário CLT."),
        ],
    ],
    "es": [
        [
            (
                "¿Qué puedo visitar en Sevilla en un solo día?",
                "Por la mañana, el Alcázar y la Catedral con la Giralda; a mediodía, tapas en Triana; por la tarde, la "
                "Plaza de España y un paseo junto al Guadalquivir.",
            ),
            ("¿Y si llueve?", "Cambia el paseo por el Museo de Bellas Artes y termina con un espectáculo de flamenco."),
        ],
        [
            (
                "Traduce al inglés: «Quedo a la espera de su respuesta».",
                "“I look forward to hearing from you.”",
            )
        ],
        [
            (
                "Explícame qué es una base de datos relacional.",
                "Es un conjunto de tablas que se refieren unas a otras. Cada fila describe una cosa, cada columna un "
                "dato, y las claves dicen qué fila de una tabla pertenece a cuál de otra.",
            )
        ],
    ],
    "de": [
        [
            (
                "Formuliere eine Kündigung für mein Fitnessstudio.",
                "Sehr geehrte Damen und Herren,\n\nhiermit kündige ich meine Mitgliedschaft fristgerecht zum "
                "nächstmöglichen Zeitpunkt. Bitte bestätigen Sie mir das Datum der Beendigung schriftlich.\n\n"
                "Mit freundlichen Grüßen",
            ),
            ("Muss ich das per Post schicken?", "Meist genügt eine E-Mail; sieh im Vertrag unter «Textform» nach."),
        ],
        [
            (
                "Was ist der Unterschied zwischen «scheinbar» und «anscheinend»?",
                "«Anscheinend» heißt: es sieht so aus und stimmt wohl. «Scheinbar» heißt: es sieht nur so aus.",
            )
        ],
    ],
    "fr": [
        [
            (
                "Propose un titre pour un article sur le télétravail.",
                "« Le bureau, c'est où ? Ce que trois ans de télétravail ont changé »",
            ),
            ("Plus court.", "« Le bureau est partout »"),
        ],
        [
            (
                "Pourquoi le ciel est-il bleu ?",
                "Les molécules de l'air diffusent la lumière bleue bien plus que la rouge : de toutes les directions "
                "du ciel, c'est donc du bleu qui nous arrive.",
            )
        ],
    ],
    "it": [
        [
            (
                "Come si conserva il basilico fresco?",
                "Come un mazzo di fiori: gambi in un bicchiere d'acqua, fuori dal frigorifero, lontano dal sole.",
            )
        ]
    ],
    "ja": [
        [
            (
                "会議の日程変更をお願いする丁寧なメールを書いてください。",
                "お世話になっております。\n誠に恐れ入りますが、木曜日の会議を金曜日の午後に変更していただくことは可能でしょうか。"
                "ご都合をお聞かせいただけますと幸いです。\n何卒よろしくお願いいたします。",
            ),
            (
                "もう少し短くしてください。",
                "恐れ入りますが、木曜日の会議を金曜日の午後に変更していただけますでしょうか。",
            ),
        ],
        [("東京から京都まで新幹線でどのくらいかかりますか？", "「のぞみ」で約2時間15分です。")],
    ],
    "zh": [
        [
            (
                "用三句话解释什么是区块链。",
                "区块链是一种由许多人共同保存的账本。每一页都记着前一页的指纹，所以改动旧的一页会被立刻发现。因此不需要一个中心来保证它的真实。",
            )
        ],
        [
            ("把“欢迎光临”翻译成英文。", "“Welcome!”"),
            ("用在商店门口合适吗？", "合适，简短又自然。"),
        ],
    ],
    "ko": [[("김치찌개를 맛있게 끓이는 비결이 뭐예요?", "잘 익은 김치를 먼저 돼지고기와 볶은 뒤에 물을 부으세요.")]],
    "ar": [
        [
            (
                "اكتب رسالة شكر قصيرة لزميل ساعدني في مشروع.",
                "شكرًا جزيلًا لك على مساعدتك في المشروع، فقد وفّرت عليّ وقتًا كبيرًا. أقدّر تعاونك كثيرًا.",
            ),
            ("اجعلها أقل رسمية.", "شكرًا من القلب يا صديقي، لولاك لما انتهيت في الوقت! 🙏"),
        ],
        [("ما عاصمة المغرب؟", "الرباط.")],
    ],
    "he": [[("איך אומרים «בוקר טוב» בערבית?", "«صباح الخير» (סבאח אל־ח׳יר).")]],
    "hi": [
        [
            (
                "मुझे सुबह जल्दी उठने के तीन आसान तरीके बताइए।",
                "1. रोज़ एक ही समय पर सोइए।\n2. सोने से एक घंटा पहले फ़ोन दूर रखिए।\n3. अलार्म बिस्तर से दूर रखिए।",
            )
        ],
        [("भारत में कितने राज्य हैं?", "28 राज्य और 8 केंद्र शासित प्रदेश।")],
    ],
    "ru": [
        [
            (
                "Объясни, чем отличается TCP от UDP.",
                "TCP договаривается о соединении и доставляет всё по порядку, повторяя потерянное. UDP просто "
                "отправляет пакеты: быстрее, но без гарантий.",
            ),
            ("А для видеозвонка?", "UDP: опоздавший кадр уже никому не нужен."),
        ],
        [("Придумай имя для рыжего кота.", "Апельсин, Барсик или Персик 🐈.")],
    ],
    "tr": [
        [("İstanbul'da yağmurlu bir günde ne yapılır?", "Yerebatan Sarnıcı'nı gezin, sonra bir kahve molası verin.")]
    ],
}
