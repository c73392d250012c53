import { onWillUnmount } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useDropzone } from "@web/core/dropzone/dropzone_hook";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Largest file that is sent, in bytes: the server takes no more. */
const MAX_SIZE = 10 * 1024 * 1024;
/** Milliseconds after which a list with pictures that are being read is looked at anew. */
const LOOK_AGAIN = 5000;

/** Take pictures that are dropped on a list or chosen with its button. */
const Uploading = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            this.orm = useService("orm");
            this.notification = useService("notification");
            useDropzone(this.rootRef, (ev) => this.send(ev.dataTransfer.files), "o_hub_drop");
            const timer = setInterval(() => this.lookAgain(), LOOK_AGAIN);
            onWillUnmount(() => clearInterval(timer));
        }

        onPicturesChosen(ev) {
            const files = [...ev.target.files];
            ev.target.value = "";
            return this.send(files);
        }

        async send(files) {
            const sent = [];
            for (const file of files) {
                if (file.size > MAX_SIZE) {
                    const message = _t("%s has more than 10 MB. Send a smaller one.", file.name);
                    this.notification.add(message, { type: "danger" });
                    continue;
                }
                const url = await getDataURLFromFile(file);
                sent.push({ name: file.name, data: url.split(",")[1] });
            }
            if (sent.length) {
                this.say(await this.orm.call("order.hub.channel", "receive_pictures", [sent]));
                await this.model.load();
            }
        }

        say({ pictures, known, refused }) {
            for (const message of refused) {
                this.notification.add(message, { type: "danger", sticky: true });
            }
            const fresh = pictures.length - known;
            if (fresh) {
                const message = _t("%s sent. They are read one after the other.", fresh);
                this.notification.add(message, { type: "success" });
            }
            if (known) {
                this.notification.add(_t("%s had come before.", known), { type: "info" });
            }
        }

        async lookAgain() {
            const rows = this.model.root.records || [];
            const isReading = rows.some((row) => row.data.state === "waiting");
            if (isReading && !document.hidden && !(this.model.root.selection || []).length) {
                await this.model.load();
            }
        }
    };

class PictureListController extends Uploading(ListController) {
    static template = "order_hub_connectors.PictureList";
}

class PictureKanbanController extends Uploading(KanbanController) {
    static template = "order_hub_connectors.PictureKanban";
}

registry.category("views").add("order_hub_picture_list", {
    ...listView,
    Controller: PictureListController,
});
registry.category("views").add("order_hub_picture_kanban", {
    ...kanbanView,
    Controller: PictureKanbanController,
});
