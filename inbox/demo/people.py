"""Who writes to the demo's shop, by language, and what they buy there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    first: str
    last: str
    products: str
    # For numbers: the country's code as WhatsApp gives it, and the country.
    prefix: str
    country: str
    locale: str

    @property
    def goods(self) -> list[str]:
        return self.products.split(", ")


TONGUES = {
    "en": Tongue(
        "Hannah Oliver Amelia Jack Freya Callum Grace Dylan Aoife Marcus Tessa Ethan Ruby Nathan Chloe Declan Ivy Owen",
        "Whitfield Byrne Carter Hughes Doyle Marsh Pritchard Sinclair Reid Donovan Ellis Lowe Fraser Holt Quinn",
        "Ridge 2 tent, Fell Runner boots, 60 m dry rope, Tarn sleeping bag, Moor 45 backpack, Beck stove, Crag jacket",
        "4477009",
        "GB",
        "en_GB",
    ),
    "es": Tongue(
        "Lucía Javier Carmen Diego Valentina Pablo Marta Andrés Elena Sergio Camila Rodrigo Inés Álvaro Nuria Hugo",
        "García Romero Castillo Ortega Vargas Molina Herrera Serrano Rivas Peña Navarro Fuentes Cordero Ibáñez",
        "tienda Ridge 2, botas Fell Runner, cuerda de 60 m, saco Tarn, mochila Moor 45, hornillo Beck",
        "3460012",
        "ES",
        "es_ES",
    ),
    "de": Tongue(
        "Lukas Miriam Jonas Katharina Felix Anneliese Moritz Svenja Tobias Greta Matthias Jule Henning Friederike",
        "Schröder Köhler Brandt Weiß Krüger Lehmann Böhm Vogel Jäger Neumann Dietrich Sommerfeld Thiele",
        "Zelt Ridge 2, Stiefel Fell Runner, Seil 60 m, Schlafsack Tarn, Rucksack Moor 45, Kocher Beck",
        "4915100",
        "DE",
        "de_DE",
    ),
    "ar": Tongue(
        "ليلى خالد نور سامي هدى طارق ريم فارس سلمى ياسر دانة ماجد",
        "الشامي القحطاني حداد المصري العلي الزهراني عباس الكردي منصور السيد",
        "خيمة Ridge 2, حذاء Fell Runner, حقيبة Moor 45, كيس النوم Tarn",
        "9715000",
        "AE",
        "ar_AR",
    ),
    "he": Tongue(
        "יעל איתן מיכל אורי תמר גיל שירה עומר רותם נועם",
        "כהן לוי מזרחי פרידמן ביטון אברהם שפירא גולן",
        "אוהל Ridge 2, נעלי Fell Runner, תיק Moor 45, שק שינה Tarn",
        "9725400",
        "IL",
        "he_IL",
    ),
    "hi": Tongue(
        "आरव दीया विवान अनन्या रोहन काव्या अर्जुन मीरा कबीर सान्वी",
        "शर्मा वर्मा पटेल गुप्ता सिंह जोशी मेहता रेड्डी",
        "Ridge 2 टेंट, Fell Runner जूते, Moor 45 बैग, Tarn स्लीपिंग बैग",
        "9198000",
        "IN",
        "hi_IN",
    ),
    "ja": Tongue(
        "美咲 翔太 陽菜 大輔 さくら 健太 結衣 蓮 千尋 拓海",
        "佐藤 鈴木 高橋 渡辺 山本 中村 小林 吉田",
        "テント Ridge 2, ブーツ Fell Runner, ザック Moor 45, 寝袋 Tarn",
        "8190000",
        "JP",
        "ja_JP",
    ),
    "pt": Tongue(
        "Beatriz Rafael Mariana Tiago Larissa Gustavo Sofia Duarte Letícia Bruno Catarina Vinícius",
        "Almeida Figueiredo Rocha Teixeira Nogueira Azevedo Monteiro Gonçalves Barbosa Pacheco",
        "barraca Ridge 2, botas Fell Runner, corda de 60 m, mochila Moor 45, saco-cama Tarn",
        "3519100",
        "PT",
        "pt_PT",
    ),
}

# Names that a list or a head has to bear.
ODD = [
    "Maria del Carmen Fernández-Villaverde y Ruiz de la Montaña Sánchez de Bustamante",
    "Dr. Wolfgang-Maximilian Freiherr von Hohenstein-Schwarzenberg zu Altenkirchen",
    "🌻 Sunny Days Camping 🏕️",
    "✨🧗‍♀️✨",
    "عبد الرحمن بن محمد بن عبد العزيز آل سعيد الأنصاري",
    "O'Brien, Síle (work)",
    "Krungthepmahanakhon-Amonrattanakosin Climbing and Mountaineering Club, Members' Office",
    "J",
]
