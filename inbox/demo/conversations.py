"""What is said in a shop for tents, boots and rope: short conversations, written once and varied by who has them.

A line begins with `<` (the customer) or `>` (an agent); `#` is a note beside it. In braces: name, order, product; in
notes also who is mentioned.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Conversation:
    tongue: str
    label: str
    text: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        return [(line[0], line[2:]) for line in self.text.strip().splitlines()]


CONVERSATIONS = [
    Conversation(
        "en",
        "Delivery",
        """
< Hi, I ordered the {product} last week and the tracking has not moved for three days. Order {order}
> Hi {name}, sorry about that. I am looking at it with the carrier now.
< Thanks. We leave on Friday so I am a bit nervous
> It sat in their depot because the label was torn. They have printed a new one and it goes out tonight.
> You should have it tomorrow before noon. I keep an eye on it.
< Great, that is a relief 🙏
> It shows as delivered. Have a good trip!
< Got it, thank you!
""",
    ),
    Conversation(
        "en",
        "Returns",
        """
< Hello! The {product} is lovely but too big for me. Can I swap it for a smaller one?
> Of course, {name}. Which size would you like, and what is your order number?
< {order}, one size down please
> Reserved for you. The return label is in your mailbox; the new one leaves once the carrier has yours.
# Exchange, no charge for the second shipment: she had asked about the size before buying.
< Dropped it off today
> Thank you! Yours is on its way.
""",
    ),
    Conversation(
        "en",
        "Product question",
        """
< Is the {product} warm enough for October in the Cairngorms?
< We would sleep at about 900 m
> Comfort is down to -2 °C. At 900 m in October I would take a liner as well, it gives you another 4 or 5 degrees.
< And is the liner in stock in the Leeds shop?
> Three of them. Shall I put one aside for you under your name?
< Yes please, I come on Saturday
> Done. It is at the till until Sunday evening.
""",
    ),
    Conversation(
        "en",
        "Complaint",
        """
< I am quite annoyed. The zip of my {product} broke on the second use.
< Order {order}. I paid full price for this.
> I am sorry, {name}, that must not happen. Could you send me a photo of the zip?
< Will do tonight when I am home
> Perfect. You can choose: we repair it in about a week, or you get a new one straight away.
# {sam} third zip from the same batch this month, please tell purchasing.
< A new one please
> On its way, you need not send the old one back first.
""",
    ),
    Conversation(
        "en",
        "Invoice",
        """
< Could you send me an invoice for order {order} with our company address on it?
> Sure. What should it say?
< Northgate Scouts, 14 Mill Lane, York YO1 7BX
> Here it comes by e-mail. Anything else, {name}?
< No that is all, thanks a lot
""",
    ),
    Conversation(
        "en",
        "Spare parts",
        """
< Do you sell the short pole for the {product}? The dog ate mine 😅
> Poor dog! We do: it is 9.50 with delivery. Shall I send you a payment link?
< Yes please
> https://acme.example/pay/{order}: as soon as it is paid, it leaves.
< Paid
> Thank you, it goes out this afternoon.
""",
    ),
    Conversation(
        "en",
        "Wholesale",
        """
< Hi, we run a climbing school and need 25 of the {product}. Is there a price for groups?
> Hello {name}, there is: 12 % from 20 pieces, 15 % from 50. When do you need them?
< By the end of next month
# {sam} can we give them 15 %? They come back every year.
> I could get you 15 %, if you order this week. Shall I prepare an offer?
< That would be fantastic. Please send it here, I show it to my colleagues
""",
    ),
    Conversation(
        "en",
        "Shop visit",
        """
< What time do you close today?
> At 18:00, on Saturdays at 14:00. The Ridge wall is free until 17:30 if you would like to try shoes.
< Perfect, see you later
""",
    ),
    Conversation(
        "en",
        "Refund",
        """
< I sent back order {order} ten days ago and have not seen the money yet
> Thanks for telling me, {name}. The parcel arrived on Monday and was checked yesterday, the refund left this morning.
< How long does it take?
> Two to three working days with most banks. Tell me if it is not there by then.
< OK will do
""",
    ),
    Conversation(
        "en",
        "Delivery",
        """
< The parcel came, but there is only one boot in the box 😂
> Oh no! One moment, I ask the warehouse.
# Warehouse found the left one on the packing table.
> Its twin is on our packing table and very lonely. It travels by express tonight, free of charge of course.
< Haha, brilliant. Thanks for the quick answer
""",
    ),
    Conversation(
        "en",
        "Product question",
        """
< Which rope would you take for sport climbing, the 60 m or the 70 m?
> Most routes around here are fine with 60. If you go to Spain or Greece, take 70 and you never have to think about it.
< Kalymnos in spring :)
> Then 70. Do you need it treated against water?
< Not really, I guess?
""",
    ),
    Conversation(
        "es",
        "Delivery",
        """
< Hola, ¿ya salió mi pedido {order}? Es la {product}
> Hola {name}, salió ayer por la tarde. Aquí tienes el seguimiento: https://acme.example/t/{order}
< ¿Llega antes del sábado?
> Sí, el transportista indica el viernes entre las 10 y las 14.
< Perfecto, muchas gracias 😊
""",
    ),
    Conversation(
        "es",
        "Returns",
        """
< Buenas tardes, quiero devolver la {product}. Me queda pequeña
> Buenas tardes, {name}. Sin problema: tienes 30 días. ¿Prefieres cambio o reembolso?
< Cambio por una talla más, si hay
> Hay dos unidades. Te envío la etiqueta y te reservo una.
# Cliente desde 2019, no cobrar el segundo envío.
< Genial, la llevo mañana a correos
""",
    ),
    Conversation(
        "es",
        "Complaint",
        """
< Llevo dos semanas esperando y nadie me contesta el teléfono
< Pedido {order}
> Lo siento mucho, {name}. Lo miro ahora mismo.
> El paquete se perdió en el almacén del transportista. Te mandamos otro hoy por urgente.
< Espero que sea verdad esta vez
""",
    ),
    Conversation(
        "es",
        "Shop visit",
        """
< ¿Tienen la {product} en la tienda de Madrid?
> Sí, en la planta baja. ¿Quieres que te la apartemos?
< Sí por favor, a nombre de {name}
> Hecho, te esperamos hasta el domingo.
""",
    ),
    Conversation(
        "de",
        "Product question",
        """
< Guten Tag, passt der Kocher in den {product}?
> Guten Tag {name}, ja, er passt in das obere Fach. Mit Topf wird es eng, ohne geht es gut.
< Und wie schwer ist das alles zusammen?
> 1.480 g mit einer kleinen Kartusche.
< Super, dann bestelle ich. Danke für die schnelle Antwort!
""",
    ),
    Conversation(
        "de",
        "Refund",
        """
< Hallo, ich habe die Ware zu {order} vor zwei Wochen zurückgeschickt. Wann kommt das Geld?
> Hallo {name}, Ihre Rücksendung ist am Dienstag angekommen. Die Gutschrift geht heute raus.
< Auf welches Konto?
> Auf das, mit dem Sie bezahlt haben. Es dauert zwei bis drei Bankarbeitstage.
< Alles klar, vielen Dank
""",
    ),
    Conversation(
        "de",
        "Spare parts",
        """
< Gibt es für den {product} Ersatzschnallen? Mir ist eine gebrochen
> Ja, wir schicken Ihnen eine zu, das kostet nichts. Welche Breite, 20 oder 25 mm?
< 25 mm denke ich
> Dann lege ich beide bei, sicher ist sicher.
""",
    ),
    Conversation(
        "ar",
        "Delivery",
        """
< السلام عليكم، متى يصل طلبي رقم {order}؟
> وعليكم السلام {name}، الطلب خرج من المستودع اليوم ويصل خلال يومين.
< هل يمكن التوصيل بعد الساعة 5 مساءً؟
> نعم، أضفت ملاحظة لشركة الشحن.
< شكراً جزيلاً 🌷
""",
    ),
    Conversation(
        "ar",
        "Returns",
        """
< مرحباً، أريد استبدال {product} بمقاس أكبر
> أهلاً {name}، لدينا المقاس الأكبر. سأرسل لك ملصق الإرجاع الآن.
< هل الاستبدال مجاني؟
> نعم، مجاني خلال 30 يوماً.
""",
    ),
    Conversation(
        "he",
        "Product question",
        """
< שלום, האם {product} מתאים לחורף בגולן?
> שלום {name}, כן, עד בערך 2- מעלות. כדאי להוסיף שכבה פנימית.
< מצוין. יש במלאי?
> יש לנו ארבעה. לשמור לך אחד?
< כן בבקשה 🙏
""",
    ),
    Conversation(
        "he",
        "Delivery",
        """
< היי, ההזמנה {order} עוד לא הגיעה
> היי {name}, אני בודק מול חברת המשלוחים ומיד חוזר אליך.
> החבילה מחכה בנקודת איסוף ליד הבית, שלחו הודעה אתמול.
< מצאתי, תודה!
""",
    ),
    Conversation(
        "hi",
        "Product question",
        """
< नमस्ते, क्या {product} मानसून में भी ठीक रहेगा?
> नमस्ते {name}, जी हाँ, यह पूरी तरह वाटरप्रूफ है।
< कीमत में कोई छूट है क्या?
> इस हफ़्ते 10% की छूट है, कोड MONSOON10।
< बढ़िया, आज ही ऑर्डर करता हूँ
""",
    ),
    Conversation(
        "hi",
        "Invoice",
        """
< ऑर्डर {order} का GST बिल चाहिए
> ज़रूर {name}, कृपया अपना GST नंबर भेजें।
< 27AAPFU0939F1ZV
> धन्यवाद, बिल आपके ईमेल पर भेज दिया है।
""",
    ),
    Conversation(
        "ja",
        "Delivery",
        """
< こんにちは。注文番号 {order} の配送状況を教えてください。
> {name} 様、お問い合わせありがとうございます。本日発送いたしました。
< 日曜日の午前中に届きますか?
> はい、午前指定で手配いたしました。
< 助かります。ありがとうございます!
""",
    ),
    Conversation(
        "ja",
        "Product question",
        """
< {product} は冬の北アルプスでも使えますか?
> 快適温度は -2 ℃ です。冬季はインナーとの併用をおすすめします。
< わかりました。インナーの在庫はありますか?
""",
    ),
    Conversation(
        "pt",
        "Returns",
        """
< Olá! Comprei a {product} e veio com um furo pequeno
> Olá {name}, peço desculpa. Pode enviar uma foto e o número do pedido?
< Pedido {order}, já mando a foto
> Obrigada! Enviamos outra amanhã sem custo.
< Que atendimento ótimo, obrigado 👏
""",
    ),
    Conversation(
        "pt",
        "Shop visit",
        """
< Bom dia, abrem ao domingo?
> Bom dia {name}, ao domingo estamos fechados. No sábado abrimos das 10 às 14.
< Ok, passo aí no sábado
""",
    ),
]

# What a climbing school and the shop have written to each other for months: it is said again and again.
LONG = [
    "< Morning! How many of the harnesses have come back from the check?",
    "> Morning. Eleven of fourteen, three have worn loops.",
    "< Then please order three new ones, same model",
    "> Ordered, they come on Thursday.",
    "< And the rental boots for the weekend course?",
    "> Eight pairs are packed: 38, 39, two 41, two 42, 43 and 45.",
    "< We have one more, size 40",
    "> Added. Nine pairs then.",
    "< Can Jonas pick them up after six?",
    "> We close at six, but I leave them with the bakery next door.",
    "< You are the best 🙌",
    "> Tell the course hello from us!",
    "< Two of the helmets have cracks, I will bring them",
    "> Please do not use them any more. We replace them, they are from the spring batch.",
    "< Invoice to the usual address please",
    "> Of course, it is in your mailbox.",
    "< The weather looks bad for Sunday, we may move to the hall",
    "> Then take the light ropes. I can swap them until Saturday noon.",
    "< OK, I call you tomorrow",
    "> Fine, until tomorrow.",
]
