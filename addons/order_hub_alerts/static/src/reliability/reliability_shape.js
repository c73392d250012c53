/**
 * The shape of a reliability diagram, as numbers: no drawing, no words.
 *
 * Units are those of the drawing's view box. Above: what was said (x) against what
 * happened (y), both from 0 to 1. Below: how many orders were said so.
 */
export const FRAME = { left: 44, top: 10, size: 240, gap: 16, strip: 44, width: 300, height: 352 };
/** Where the strip of counts ends. */
export const FLOOR = FRAME.top + FRAME.size + FRAME.gap + FRAME.strip;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const SMALLEST = 3;
const LARGEST = 8;

/** Where a share from 0 to 1 lies from left to right. */
export function across(share) {
    return FRAME.left + clamp(share) * FRAME.size;
}

/** Where a share from 0 to 1 lies from top to bottom: 1 is on top. */
export function upward(share) {
    return FRAME.top + (1 - clamp(share)) * FRAME.size;
}

function clamp(share) {
    return Math.min(Math.max(Number(share) || 0, 0), 1);
}

/** Bins in which there are orders. */
export function filled(bins) {
    return (bins || []).filter((bin) => bin.count > 0);
}

export function total(bins) {
    return filled(bins).reduce((sum, bin) => sum + bin.count, 0);
}

/** The mean distance between said and happened, by count; `null` without orders. */
export function apart(bins) {
    const count = total(bins);
    if (!count) {
        return null;
    }
    const sum = filled(bins).reduce(
        (all, bin) => all + bin.count * Math.abs(bin.chance - bin.share),
        0
    );
    return sum / count;
}

/**
 * One point a filled bin: its place, its size (the area grows with the count) and
 * the range in which the truth lies with 95 % certainty.
 *
 * @param {Object[]} bins as `engine/risk_measures.py` makes them
 */
export function points(bins) {
    const all = filled(bins);
    const most = Math.max(...all.map((bin) => bin.count), 1);
    return all.map((bin) => ({
        bin,
        x: across(bin.chance),
        y: upward(bin.share),
        r: SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(bin.count / most),
        low: upward(bin.low ?? bin.share),
        high: upward(bin.high ?? bin.share),
    }));
}

/** One bar a bin, empty ones too: how many orders were said so. */
export function bars(bins) {
    const all = bins || [];
    const most = Math.max(...all.map((bin) => bin.count), 1);
    return all.map((bin) => {
        const height = (FRAME.strip * bin.count) / most;
        return {
            bin,
            x: across(bin.start) + 1,
            width: Math.max(across(bin.end) - across(bin.start) - 2, 1),
            y: FLOOR - height,
            height,
        };
    });
}

export function ticks() {
    return TICKS.map((share) => ({ share, x: across(share), y: upward(share) }));
}
