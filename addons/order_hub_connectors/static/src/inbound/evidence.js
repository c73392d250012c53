import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** From this share of the channel's limit on a value is worth a look, not unknown. */
const WORTH_A_LOOK = 0.5;

export const sourceViewers = registry.category("order_hub_source_viewers");

/**
 * What was understood of an order: each value with how sure it is, what else it may
 * be, and beside it the place that it was read at. Viewers of places (words of a text,
 * box in a picture, cell of a sheet) register themselves by the kind of source.
 */
export class InboundEvidence extends Component {
    static template = "order_hub_connectors.InboundEvidence";
    static props = {
        data: Object,
        typed: Object,
        onType: Function,
        onConfirm: Function,
        onCorrect: Function,
        resId: Number,
    };

    setup() {
        this.state = useState({ path: null });
        this.onPoint = this.onPoint.bind(this);
    }

    /** Values, those that a person has to look at first. */
    get rows() {
        const rows = Object.entries(this.props.data.evidence || {}).map(([path, found]) => ({
            path,
            ...found,
        }));
        return rows.sort((a, b) => Number(b.is_open) - Number(a.is_open));
    }

    get viewer() {
        const kind = this.props.data.source?.kind;
        return kind ? sourceViewers.get(kind, null) : null;
    }

    /** Words for a confidence: never by colour alone. */
    level(row) {
        const limit = this.props.data.certain_from || 0.9;
        if (row.confidence >= limit || !row.is_open) {
            return { code: "certain", label: row.is_open ? _t("certain") : this.settled(row) };
        }
        return row.confidence >= limit * WORTH_A_LOOK
            ? { code: "look", label: _t("look at it") }
            : { code: "unknown", label: _t("unknown") };
    }

    settled(row) {
        const limit = this.props.data.certain_from || 0.9;
        return row.confidence >= limit ? _t("certain") : _t("looked at");
    }

    percent(row) {
        return Math.round(row.confidence * 100);
    }

    /** Whether there is something to type: that one has looked is only confirmed. */
    canType(row) {
        return row.is_open && this.props.data.can_correct && !row.is_whole;
    }

    get hasTyped() {
        return Object.keys(this.props.typed).some((path) => path in this.props.data.evidence);
    }

    value(row) {
        const typed = this.props.typed[row.path];
        return typed === undefined ? row.value : typed;
    }

    onPoint(path) {
        this.state.path = path;
    }
}

/** The words of a text, those of the value that is pointed at marked. */
export class TextSource extends Component {
    static template = "order_hub_connectors.TextSource";
    static props = {
        source: Object,
        evidence: Object,
        path: { type: [String, { value: null }], optional: true },
        onPoint: Function,
        resId: { type: Number, optional: true },
    };

    /** The text cut where a value begins or ends: ``[{text, path, isMarked}]``. */
    get pieces() {
        return cutText(this.props.source.text || "", this.props.evidence, this.props.path);
    }
}

/**
 * Cut a text at the borders of all spans.
 *
 * Offsets count code points, as Python does: an emoji is one.
 */
export function cutText(text, evidence, marked) {
    const points = Array.from(text);
    const spans = [];
    for (const [path, found] of Object.entries(evidence || {})) {
        for (const [start, end] of found.source?.spans || []) {
            spans.push({ path, start, end, isMarked: path === marked });
        }
    }
    const borders = new Set([0, points.length]);
    for (const { start, end } of spans) {
        borders.add(Math.min(start, points.length));
        borders.add(Math.min(end, points.length));
    }
    const edges = [...borders].sort((a, b) => a - b);
    return edges.slice(0, -1).map((start, n) => {
        const end = edges[n + 1];
        const here = spans.filter((span) => span.start <= start && end <= span.end);
        here.sort((a, b) => a.end - a.start - (b.end - b.start));
        return {
            text: points.slice(start, end).join(""),
            path: here[0]?.path || null,
            isMarked: here.some((span) => span.isMarked),
        };
    });
}

sourceViewers.add("text", TextSource);
