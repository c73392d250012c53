import { Component, useEffect, useRef, useState } from "@odoo/owl";
import { sourceViewers } from "../inbound/evidence";

/**
 * The pages of an order on paper, with a box round every value that was read.
 *
 * Boxes are `{path, page, box: [x0, y0, x1, y1], level}`, shares of width and height,
 * so that they fit at any size. The one that is pointed at is brought into sight.
 */
export class PictureView extends Component {
    static template = "order_hub_connectors.PictureView";
    static props = {
        pages: Array,
        boxes: Array,
        path: { type: [String, { value: null }], optional: true },
        onPoint: Function,
        label: { type: Function, optional: true },
    };

    setup() {
        this.root = useRef("root");
        this.state = useState({ zoom: 1 });
        useEffect(
            (path) => path && this.showMarked(),
            () => [this.props.path]
        );
    }

    boxesOf(page) {
        return this.props.boxes.filter((row) => row.page === page.number && row.box.length === 4);
    }

    style(row) {
        const [x0, y0, x1, y1] = row.box.map((share) => share * 100);
        return `left:${x0}%;top:${y0}%;width:${x1 - x0}%;height:${y1 - y0}%`;
    }

    label(row) {
        return this.props.label ? this.props.label(row.path) : row.path;
    }

    showMarked() {
        const marked = this.root.el?.querySelector(".o_hub_box_marked");
        marked?.scrollIntoView({ block: "nearest", inline: "nearest" });
    }

    zoom(by) {
        this.state.zoom = Math.min(Math.max(this.state.zoom * by, 1), 4);
    }
}

/** The same beside the values of an inbound order. */
export class PictureSource extends Component {
    static template = "order_hub_connectors.PictureSource";
    static components = { PictureView };
    static props = {
        source: Object,
        evidence: Object,
        path: { type: [String, { value: null }], optional: true },
        onPoint: Function,
        resId: { type: Number, optional: true },
    };

    get boxes() {
        return Object.entries(this.props.evidence || {})
            .filter(([, found]) => found.source?.kind === "picture")
            .map(([path, found]) => ({
                path,
                page: found.source.page,
                box: found.source.box || [],
                level: found.is_open ? "look" : "certain",
            }));
    }

    label = (path) => this.props.evidence[path]?.place || path;
}

sourceViewers.add("picture", PictureSource);
