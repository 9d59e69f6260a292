"""What is prepared in the demo: canned replies and labels."""

# Name, shortcut, text, category.
REPLIES = [
    (
        "Hello",
        "hi",
        "Hi {{contact.first_name|there}}, {{agent.first_name}} here, from {{workspace.name}}.",
        "Greetings",
    ),
    (
        "Opening hours",
        "hours",
        "Hi {{contact.first_name|there}}! We are open Monday to Friday from 9 to 18 and on Saturday from 10 to 14.",
        "Shop",
    ),
    (
        "How to send something back",
        "return",
        "You can send it back within 30 days.\n1. Print the label\n2. Stick it on\n3. Bring it to a post office",
        "Returns",
    ),
    (
        "Refund takes",
        "refund",
        "The refund is on its way. It takes two or three working days.",
        "Returns",
    ),
    ("Size chart", "sizes", "Here is our size chart. Measure from heel to toe, standing.", "Products"),
    ("Ask for the order number", "order", "Could you tell me your order number? It begins with AC-.", "Delivery"),
    ("Where it is", "track", "Here you can follow your parcel: https://acme.example/track", "Delivery"),
    (
        "Sorry",
        "sorry",
        "I am sorry, {{contact.first_name|this}} must not happen. I look after it.",
        "Complaints",
    ),
    (
        "Ask for a picture",
        "photo",
        "Could you send us a picture of it? Then we can help at once.",
        "Complaints",
    ),
    ("Horarios", "horario", "Abrimos de lunes a viernes de 9 a 18 y el sábado de 10 a 14.", "Shop"),
    ("ترحيب", "مرحبا", "مرحبا {{contact.first_name|صديقي}}، كيف يمكنني مساعدتك؟", "Greetings"),
    ("Goodbye", "bye", "Have a good day, {{contact.first_name|dear customer}}! {{agent.first_name}}", "Greetings"),
]

# Name, colour, description.
LABELS = [
    ("Delivery", "blue", "Where a parcel is"),
    ("Returns", "amber", "Something comes back, for whatever reason"),
    ("Refund", "green", "Money goes back"),
    ("Complaint", "red", "Somebody is angry: answer within the hour"),
    ("Product question", "petrol", ""),
    ("Spare parts", "violet", "Poles, zips, buckles"),
    ("Invoice", "grey", ""),
    ("Wholesale", "pink", "Schools and clubs with prices of their own"),
    ("Shop visit", "green", "Comes to one of the three shops"),
    ("إرجاع", "amber", "Returns from the Gulf, handled in Dubai"),
]
