import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * An address in its parts: how sure each is, which words it came from, and what a
 * person makes of it, in place.
 */
export class AddressField extends Component {
    static template = "order_hub_connectors.Address";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ isEditing: false, isBusy: false, typed: {} });
    }

    get data() {
        return this.props.record.data[this.props.name];
    }

    /** Parts to show: those that say something, and all while one corrects. */
    get parts() {
        return this.data.parts.filter((part) => this.state.isEditing || part.value);
    }

    mark(part) {
        if (!part.value) {
            return "";
        }
        return part.is_sure ? _t("sure") : _t("a guess");
    }

    edit() {
        this.state.typed = Object.fromEntries(
            this.data.parts.map((part) => [part.name, part.value])
        );
        this.state.isEditing = true;
    }

    cancel() {
        this.state.isEditing = false;
    }

    accept() {
        return this.answer("accept_address", []);
    }

    save() {
        return this.answer("correct_address", [{ ...this.state.typed }]);
    }

    choose(candidate) {
        return this.answer("choose_customer", [candidate.id]);
    }

    async answer(method, args) {
        this.state.isBusy = true;
        try {
            await this.orm.call("order.hub.inbound", method, [
                [this.props.record.resId],
                ...args,
            ]);
            this.state.isEditing = false;
            await this.props.record.load();
        } finally {
            this.state.isBusy = false;
        }
    }
}

registry.category("fields").add("order_hub_address", {
    component: AddressField,
    displayName: _t("Address in Parts"),
    supportedTypes: ["json", "jsonb"],
});
