import { useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { registry } from "@web/core/registry";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { BinaryField, binaryField } from "@web/views/fields/binary/binary_field";

/** Largest file that is sent, in bytes: the server takes no more. */
const MAX_SIZE = 10 * 1024 * 1024;

/** A file field that a file can be dropped on, with a wide area to aim at. */
export class DropFileField extends BinaryField {
    static template = "order_hub_connectors.DropFileField";

    setup() {
        super.setup();
        this.area = useRef("area");
        useDropzone(this.area, (ev) => this.drop(ev), "o_hub_drop", () => !this.props.readonly);
    }

    async drop(ev) {
        const file = ev.dataTransfer.files[0];
        if (!file) {
            return;
        }
        if (file.size > MAX_SIZE) {
            this.notification.add(_t("The file has more than 10 MB. Send it in parts."), {
                type: "danger",
            });
            return;
        }
        const url = await getDataURLFromFile(file);
        await this.update({ data: url.split(",")[1], name: file.name });
    }
}

registry.category("fields").add("hub_drop_file", {
    ...binaryField,
    component: DropFileField,
    displayName: _t("File to Drop"),
});
