"""How the shipped product types read invented listings: places where a word proves something else than it says."""

from typing import Any

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import validate_candidates
from attrgen_assets_tests.domain.attributes.listings import make_raw
from attrgen_assets_tests.golden.test_samples import CONFIG

KURTA = [
    # Of two words for the cut the one before the noun counts, the other says how it is made.
    ({"title": "Tiered A-Line Kurta in Teal Green"}, {"shape": "A-Line"}),
    ({"title": "Tiered Anarkali Kurta - Maroon"}, {"shape": "Anarkali", "color": "Maroon"}),
    ({"title": "Blue Tiered Kurta"}, {"shape": "Tiered"}),
    ({"title": "Blue A-Line Tiered Kurta"}, {"shape": "A-Line"}),
    ({"title": "Pink Kurti", "description": "Pink kurti, straight shape with regular style"}, {"shape": "Straight"}),
    # A box's contents are read as a whole; other texts are none.
    (
        {"title": "Kurta", "description": "Package contains: 1 Kurta, 1 Palazzo, 1 Dupatta"},
        {"set_contents": "Kurta with Palazzos and Dupatta"},
    ),
    ({"title": "Kurta", "description": "Pack contains: 6 buttons"}, {"set_contents": "Kurta Only"}),
    (
        {"title": "Kurta", "description": "Kurta: Blue cotton, round neck. Palazzos: White, printed, rayon"},
        {"fabric": "Cotton", "color": "Blue", "bottom_fabric": "Viscose Rayon"},
    ),
    # A description that is a table: labels called like columns, with "Kurta" in front or not; other parts' say nothing.
    (
        {
            "title": "Women Kurta",
            "description": "Kurta Fabric: Cotton Bottomwear Fabric: Rayon Sleeve Length: Long Back Neck: Keyhole",
        },
        {"fabric": "Cotton", "sleeve_length": "Long Sleeves", "neck": None},
    ),
    (
        {"title": "Women Kurta", "description": "• Style - A-Line • Closure Type - Button • Length - Ankle"},
        {"shape": "A-Line", "closure": "Buttons", "length": "Ankle Length"},
    ),
    ({"title": "Women Kurta", "description": "[Neck] Round Neck with Slit"}, {"neck": "Notched Round Neck"}),
    ({"title": "Women Kurta", "description": "NECK: PETER PAN COLLAR"}, {"neck": "Peter Pan Collar"}),
    ({"title": "Women Kurta", "description": "Color: Teal. Transparent: No"}, {"color": "Teal"}),
    ({"title": "Cotton Kurta", "description": "Fabric: as in the picture"}, {"fabric": "Cotton"}),
    # Prose: what is said of the sleeves, of the box, and what should not be done.
    (
        {"title": "Kurta", "description": "Sleeves are full length. Machine wash not recommended, hand wash only"},
        {"sleeve_length": "Long Sleeves", "length": None, "wash_care": "Hand Wash"},
    ),
    ({"title": "Kurta", "description": "A kurta in teal viscose rayon"}, {"fabric": "Viscose Rayon"}),
    # Closures of the kurta, not of what it comes with.
    ({"title": "Red Kurta", "description": "Red kurta, round neck, concealed zip closure"}, {"closure": "Zip"}),
    (
        {"title": "Red Kurta with Skirt", "description": "Red kurta, round neckRed skirt, drawstring and zip closure"},
        {"closure": None, "set_contents": "Kurta with Skirt"},
    ),
    (
        {"title": "Red Kurta", "description": "Red lehenga, flared hem, hook closure"},
        {"hemline": None, "closure": None},
    ),
    # Sleeves: the length behind the word, and before a comma.
    (
        {"title": "Red Kurta", "description": "Bell sleeves of three-quarter length"},
        {"sleeve_length": "Three-Quarter Sleeves"},
    ),
    (
        {"title": "Red Kurta", "description": "Round neck, three-quarter, regular sleeves"},
        {"sleeve_length": "Three-Quarter Sleeves"},
    ),
    # What is not in the box.
    ({"title": "Olive Kurta Without Dupatta"}, {"set_contents": "Kurta Only"}),
    ({"title": "Olive Kurta", "description": "Palazzos and belt are not included"}, {"set_contents": "Kurta Only"}),
    (
        {"title": "Olive Kurta", "description": "Wear with white palazzos, a red dupatta, and embroidered juttis"},
        {"set_contents": "Kurta Only", "ornamentation": None, "second_color": None},
    ),
    (
        {"title": "Festive Suit", "description": "Kurta in olive linen, palazzos in satin. Dupatta in net, sequins"},
        {"set_contents": "Kurta with Palazzos and Dupatta", "fabric": "Linen", "dupatta_fabric": "Net"},
    ),
    # What is denied is not there, in whichever words.
    (
        {"title": "Olive Kurta", "description": "Plain, no print, no embroidery or sequins. Don't machine wash"},
        {"pattern": "Solid", "ornamentation": None, "wash_care": None},
    ),
    ({"title": "Olive Kurta", "description": "There is no zip: it slips on"}, {"closure": "Slip-On"}),
    ({"title": "Olive Kurta", "description": "Dry clean is not recommended"}, {"wash_care": None}),
    # Names of shops.
    ({"title": "Velvet Lane Olive Kurta", "description": "Soft cotton for warm days"}, {"fabric": "Cotton"}),
    # Title and description speak of the same embroidery.
    (
        {"title": "Olive Embroidered Kurta", "description": "Zardozi at the yoke, tassels at the hem"},
        {"ornamentation": ["Embroidered", "Zardozi", "Tasselled"]},
    ),
    # Care that is denied is no care; "no" before a number and as an answer of its own denies nothing.
    ({"title": "Kurta", "description": "Not recommended for machine wash"}, {"wash_care": None}),
    ({"title": "Kurta", "description": "It is not recommended to dry clean."}, {"wash_care": None}),
    ({"title": "Kurta", "description": "Do not tumble dry, machine wash or bleach"}, {"wash_care": None}),
    ({"title": "Kurta Style No KT101 Red Cotton"}, {"color": "Red", "fabric": "Cotton"}),
    ({"title": "Design No. A-12 Red Cotton Kurta"}, {"color": "Red", "fabric": "Cotton"}),
    ({"title": "Kurta", "description": "Does it shrink? No. Pure cotton in red"}, {"color": "Red"}),
    ({"title": "Kurta", "description": "A no-fuss cotton kurta"}, {"fabric": "Cotton"}),
    ({"title": "Kurta", "description": "Not your usual red cotton kurta"}, {"color": "Red", "fabric": "Cotton"}),
    ({"title": "Kurta", "description": "No sequins, lace or tassels"}, {"ornamentation": None}),
    ({"title": "Kurta", "description": "Sequins: No | Lace: None | Zari: Yes"}, {"ornamentation": ["Zari"]}),
    (
        {"title": "Cotton Kurta", "description": "Palazzos: Yes\nDupatta: No"},
        {"set_contents": "Kurta with Palazzos"},
    ),
    ({"title": "Cotton Kurta", "description": "Perfect with palazzos and a dupatta"}, {"set_contents": "Kurta Only"}),
    ({"title": "Kurta", "description": "Pls dont ask 🙏 Machine wash ok"}, {"wash_care": "Machine Wash"}),
    ({"title": "Palazzo Set with Trousers and Organza Dupatta"}, {"set_contents": "Kurta with Palazzos and Dupatta"}),
    (
        {"title": "Red Kurta", "description": "Wear it to a puja with a plain churidar. Hand wash as colour may bleed"},
        {"set_contents": "Kurta Only", "wash_care": "Hand Wash"},
    ),
    ({"title": "Kurta", "description": "The sleeves end at the elbow"}, {"sleeve_length": "Half Sleeves"}),
    # Words of the trade are no names, and what a kurta is styled with is its own.
    ({"title": "Red Boutique Style Kurta"}, {"color": "Red"}),
    (
        {"title": "Kurta", "description": "Red cotton kurta styled with a mandarin collar, and zari work"},
        {"color": "Red", "fabric": "Cotton", "neck": "Mandarin Collar", "ornamentation": ["Zari"]},
    ),
    ({"title": "Kurta", "description": "Ships in a satin pouch. Dries quicker than cotton"}, {"fabric": None}),
    # What is looked for around a word is not cut in two, nor put together with what stands elsewhere.
    ({"title": "Kurta", "description": "Crafted cotton kurta with cotton silk pants"}, {"fabric": "Cotton"}),
    (
        {"title": "Kurta", "description": "Kurta made of soft pure viscose and pants of viscose blend"},
        {"fabric": "Viscose Rayon"},
    ),
    (
        {"title": "Kurta Set", "description": "Kurta is in a viscose blend, palazzos in cotton"},
        {"fabric": "Viscose Blend", "bottom_fabric": "Cotton"},
    ),
    (
        {"title": "Kurta Set", "description": "Kurta is of viscose rayon while the dupatta is chiffon"},
        {"fabric": "Viscose Rayon", "dupatta_fabric": "Chiffon"},
    ),
    ({"title": "Festive Kurta Set with Organza Dupatta"}, {"set_contents": None}),  # and with what else?
    ({"title": "Kurta Dupatta Set"}, {"set_contents": "Kurta with Dupatta"}),
    (
        {"title": "White Kurta", "description": "The model wears it with her own white leggings"},
        {"set_contents": "Kurta Only"},
    ),
    (
        {"title": "White Kurta", "description": "Comes with a red sheer jacket"},
        {"set_contents": "Kurta with Jacket", "color": "White"},
    ),
    ({"title": "Red Kurta", "set_contents": "1 Kurta, 1 Palazzo"}, {"set_contents": "Kurta with Palazzos"}),
    (
        {"title": "Red Kurta", "set_contents": "1 Kurta, 1 Pant, 1 Dupatta"},
        {"set_contents": "Kurta with Trousers and Dupatta"},
    ),
    # Colours of trimmings and threads are no second colours; a list in the column of colours has one.
    ({"title": "Navy Blue Kurta with Contrast White Piping"}, {"color": "Navy Blue", "second_color": None}),
    ({"title": "Lime multi color embroidery kurta"}, {"second_color": None}),
    ({"title": "Golden poly metallic kurti"}, {"color": "Gold", "second_color": None}),
    ({"title": "Kurta", "color": "Green, Pink"}, {"color": "Green", "second_color": "Pink"}),
    ({"title": "Blue & White Kurta"}, {"color": "Blue", "second_color": "White"}),
    # Shares of fibres, and an adjective before a mix.
    ({"title": "Kurta", "description": "Fabric: 60% cotton, 40% polyester"}, {"fabric": "Cotton Blend"}),
    ({"title": "Kurta", "description": "Fabric: 100% cotton"}, {"fabric": "Pure Cotton"}),
    ({"title": "Handloom Cotton Linen Kurta"}, {"fabric": "Cotton Blend"}),
    (
        {"title": "Kurta Set", "description": "Kurta Fabric: Cotton Bottom Fabric: Viscose Rayon Dupatta Fabric: Net"},
        {"fabric": "Cotton", "bottom_fabric": "Viscose Rayon", "dupatta_fabric": "Net"},
    ),
    (
        {"title": "Red Kurta with Patiala", "description": "Red solid kurta, has a round neck. Green velvet patiala"},
        {"bottom_fabric": "Velvet", "fabric": None, "color": "Red"},
    ),
    ({"title": "Red Bandhani Printed Kurta"}, {"pattern": "Printed", "print_type": "Bandhani"}),
    (
        {"title": "Red Yoke Design Kurta", "description": "Red yoke design kurta with thread work, has a round neck"},
        {"pattern": None, "ornamentation": ["Embroidered"]},
    ),
    ({"title": "Half n Half Red Kurta"}, {"pattern": "Colourblocked", "print_type": "Colourblocked"}),
    ({"title": "Red Bandhani Kurta"}, {"pattern": "Dyed", "print_type": "Bandhani"}),
]
SAREE = [
    (
        {"title": "Silk Saree With Unstitched Blouse Piece (Royal Blue, EX-11)"},
        {"color": "Blue", "blouse": "Blouse Piece"},
    ),
    ({"title": "Saree", "length": "6.3 m (with blouse piece)"}, {"length_m": 6.3}),
    # A label belongs to what follows it, also behind a dash; what follows a comma is still said of the blouse.
    (
        {"title": "Saree", "description": "Saree Fabric: Silk. Blouse Piece: Unstitched, 0.8 m"},
        {"fabric": "Silk", "blouse": "Blouse Piece", "stitch": None},
    ),
    ({"title": "Saree", "description": "Blouse Piece Included: No"}, {"blouse": "No Blouse"}),
    ({"title": "Saree", "description": "We do not weave a blouse piece with it"}, {"blouse": None}),
    ({"title": "Saree", "description": "Blouse piece is NOT there"}, {"blouse": "No Blouse"}),
    ({"title": "Saree", "description": "Soft silk, running blouse attached, 6.3 mtr total"}, {"length_m": 6.3}),
    ({"title": "Stone Grey Saree"}, {"color": "Grey", "ornamentation": None}),
    ({"title": "Saree", "description": "Golden tassels not included"}, {"color": None, "ornamentation": None}),
    (
        {"title": "Saree", "description": "Blouse: 80 cm, georgette, unstitched"},
        {"fabric": None, "blouse_fabric": "Georgette", "blouse": "Blouse Piece", "stitch": None},
    ),
    (
        {"title": "Saree", "description": "Saree Fabric - Silk Blend. Blouse Type - Stitched. Border - Zari"},
        {"fabric": "Silk Blend", "blouse": "Stitched Blouse", "border": "Zari"},
    ),
    ({"title": "Saree", "description": "The blouse has no lining"}, {"blouse": None}),
    ({"title": "Saree", "description": "Weave - Chanderi | Work : Zari"}, {"weave": "Chanderi", "pattern": None}),
    (
        {"title": "Saree", "description": "This black georgette saree has floral prints in coral on an off-white base"},
        {"fabric": "Georgette", "color": "Black"},
    ),
    ({"title": "Saree", "description": "Floral prints in coral on an off-white base"}, {"color": "Off White"}),
    ({"title": "Saree", "description": "With a reversible border"}, {"reversible": None}),
    (
        {"title": "Saree", "description": "Saree - Chiffon, Blouse - Satin"},
        {"fabric": "Chiffon", "blouse_fabric": "Satin"},
    ),
    (
        {"title": "Saree", "description": "Sizes: Free Size (Saree Length Size: 5.5 m, Blouse Length Size: 0.8 m)"},
        {"length_m": 5.5},
    ),
    (
        {"title": "Saree", "description": "Reversible: No. Pre-draped: No"},
        {"reversible": False, "pre_draped": False, "stitch": None},
    ),
    ({"title": "Pre-Stitched Georgette Saree"}, {"pre_draped": True}),
    ({"title": "Ready to Wear Georgette Saree"}, {"pre_draped": None, "stitch": "Ready to Wear"}),
    ({"title": "Reversible Cotton Saree"}, {"reversible": True}),
    ({"title": "Cotton Saree"}, {"pre_draped": None, "reversible": None}),
    # Which silk it is hides nothing of what follows.
    ({"title": "Chanderi Silk Saree"}, {"fabric": "Silk"}),
    ({"title": "Chanderi Silk Cotton Saree"}, {"fabric": "Silk Cotton"}),
    ({"title": "Saree", "fabric": "Mysore Silk Blend"}, {"fabric": "Silk Blend"}),
    ({"title": "Saree", "fabric": "Raw Silk Georgette"}, {"fabric": "Georgette"}),
    ({"title": "Banarasi Silk Organza Saree"}, {"fabric": "Organza"}),
    ({"title": "Half & Half Red and Black Saree"}, {"pattern": "Colourblocked", "print_type": "Colourblocked"}),
    ({"title": "Saree", "description": "The border is adorned with sequins"}, {"border": "Embellished"}),
    ({"title": "Saree", "description": "Fabric : Silk | Border : Lace"}, {"border": "Lace", "fabric": "Silk"}),
    ({"title": "Saree", "description": "Pallu is adorned with tassels"}, {"pallu": "Tasselled"}),
    ({"title": "Saree", "description": "Blouse: black dupion silk, 0.8 mtr, unstitched"}, {"stitch": None}),
]
BLOUSE = [
    ({"title": "Gold Blouse", "description": "Padded: Non Padded"}, {"padding": "Non-Padded"}),
    ({"title": "Gold Padded Blouse"}, {"padding": "Padded"}),
    (
        {"title": "Gold Blouse", "description": "Removable cups, hook fastening at the back"},
        {"padding": "Padded", "opening": "Back"},
    ),
    # Labels of a description, with their values behind them.
    (
        {"title": "Blouse", "description": "Hook : No | Closure : Slip On | Blouse Material: Polycotton"},
        {"closure": "Slip-On", "fabric": "Polycotton", "stitch": None},
    ),
    ({"title": "Blouse", "description": "Stretch lycra, slips on without hooks or zips"}, {"closure": "Slip-On"}),
    ({"title": "Blouse", "description": "Deep back with tie-ups, hook and eye closure"}, {"closure": "Hook and Eye"}),
    ({"title": "Blouse", "description": "Zero embroidery, no pads"}, {"ornamentation": None, "padding": "Non-Padded"}),
    (
        {"title": "Blouse", "description": "Back Neck: Deep; Front Neck: Sweetheart; Sleeves: 3/4th; Padded: No"},
        {"neck": "Sweetheart Neck", "sleeve_length": "Three-Quarter Sleeves", "padding": "Non-Padded"},
    ),
    ({"title": "Blouse", "description": "Stitch Type : Unstitched, Fabric : Silk"}, {"stitch": "Unstitched"}),
    # A saree blouse is no saree; what is worn with it is one.
    (
        {"title": "Readymade Blouse", "description": "Maroon solid cotton saree blouse with pearl detailing"},
        {"color": "Maroon", "pattern": "Solid", "fabric": "Cotton", "ornamentation": ["Beads and Stones"]},
    ),
    (
        {"title": "Readymade Blouse", "description": "Maroon blouse. Wear it with a green printed silk saree"},
        {"color": "Maroon", "second_color": None, "pattern": None, "fabric": None},
    ),
    (
        {"title": "Readymade Blouse", "description": "Maroon blouse for a green printed silk saree"},
        {"color": "Maroon", "second_color": None, "pattern": None, "fabric": None},
    ),
    ({"title": "Rust Blouse", "description": "Slip on, half sleeves"}, {"closure": "Slip-On"}),
    (
        {"title": "Blouse", "description": "Sleeve Length: Short Sleeves Pattern: Self-Design Color: Gold"},
        {"sleeve_length": "Short Sleeves", "pattern": "Self Design", "color": "Gold"},
    ),
]


def differences(product_type: str, listings: list[tuple[dict[str, str], dict[str, Any]]]) -> list[Any]:
    """(title, attribute, expected, found) for everything that came out otherwise; all listings are one batch."""
    config = load_product_type(CONFIG, product_type)
    plan = compile_plan(config)
    columns = sorted({column for row, _ in listings for column in row})
    raw = make_raw(*({**dict.fromkeys(columns), **row, "sku": f"EX-{i}"} for i, (row, _) in enumerate(listings)))
    documents = validate_candidates(raw, generate_candidates(raw, plan), plan).documents.to_dicts()
    found = {document["sku"]: document for document in documents}
    return [
        (row["title"], name, value, found[f"EX-{i}"][name])
        for i, (row, expected) in enumerate(listings)
        for name, value in expected.items()
        if found[f"EX-{i}"][name] != value
    ]


@pytest.mark.parametrize(("product_type", "listings"), [("kurta", KURTA), ("saree", SAREE), ("saree_blouse", BLOUSE)])
def test_invented_listings_are_read_as_meant(
    product_type: str, listings: list[tuple[dict[str, str], dict[str, Any]]]
) -> None:
    assert differences(product_type, listings) == []
