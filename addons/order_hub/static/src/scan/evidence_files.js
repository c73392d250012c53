import { _t } from "@web/core/l10n/translation";

/** Longest side of a photo that is sent, in pixels: sharp enough for a label. */
export const MAX_SIDE = 1600;
export const MAX_BYTES = 15 * 1024 * 1024;
const JPEG_QUALITY = 0.85;

/** What is wrong with a file, in a sentence for the person who chose it. */
export class EvidenceFileError extends Error {}

/**
 * The size of a picture that is at most `max` pixels long on either side.
 *
 * @param {number} width
 * @param {number} height
 * @param {number} [max]
 * @returns {{width: number, height: number}}
 */
export function fitWithin(width, height, max = MAX_SIDE) {
    const scale = Math.min(1, max / Math.max(width, height));
    return {
        width: Math.max(1, Math.round(width * scale)),
        height: Math.max(1, Math.round(height * scale)),
    };
}

/**
 * Shrink a photo to what is worth sending from a phone.
 *
 * @param {File} file any picture that the browser can read
 * @returns {Promise<{content: string, filename: string, url: string}>} base64 JPEG,
 *  and the same as data URL to show it
 */
export async function shrinkPhoto(file) {
    const bitmap = await decode(file);
    const { width, height } = fitWithin(bitmap.width, bitmap.height);
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    // JPEG knows no transparency: what is clear becomes white, not black.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    const url = canvas.toDataURL("image/jpeg", JPEG_QUALITY);
    const stem = file.name.replace(/\.[^.]*$/, "") || "photo";
    return { content: contentOf(url), filename: `${stem}.jpg`, url };
}

async function decode(file) {
    try {
        return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
        throw new EvidenceFileError(
            _t("This picture cannot be read here. Take the photo again or choose a JPEG file.")
        );
    }
}

/**
 * Read any file as it is.
 *
 * @param {File} file
 * @returns {Promise<{content: string, filename: string}>}
 */
export async function readFile(file) {
    if (!file.size) {
        throw new EvidenceFileError(_t("The file is empty. Choose it again."));
    }
    if (file.size > MAX_BYTES) {
        throw new EvidenceFileError(
            _t("The file is larger than %s MB. Send a smaller one.", MAX_BYTES / 1024 / 1024)
        );
    }
    const url = await new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.onerror = () => reject(new EvidenceFileError(_t("The file cannot be read.")));
        reader.readAsDataURL(file);
    });
    return { content: contentOf(url), filename: file.name };
}

/**
 * The base64 content of a data URL.
 *
 * @param {string} url
 */
export function contentOf(url) {
    return url.slice(url.indexOf(",") + 1);
}
