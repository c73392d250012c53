"""What files with orders on paper are called once they are let in."""

#: Content type that the door for pictures gives; no delivery brings one of these
#: along that is believed: a picture is one only with its record.
KINDS = {
    "application/vnd.order-hub.picture+jpeg": "image/jpeg",
    "application/vnd.order-hub.picture+png": "image/png",
    "application/vnd.order-hub.picture+pdf": "application/pdf",
}
KIND_OF = {mimetype: kind for kind, mimetype in KINDS.items()}
#: Pictures in an e-mail that are smaller are a company's sign, not a paper.
MIN_BYTES = 15_000
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".pdf")
