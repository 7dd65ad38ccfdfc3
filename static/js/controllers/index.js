import { BadgeController } from "./badge_controller.js";
import { ComposerController } from "./composer_controller.js";
import { ConfirmController } from "./confirm_controller.js";
import { ConnectionController } from "./connection_controller.js";
import { CopyController } from "./copy_controller.js";
import { DialogController } from "./dialog_controller.js";
import { EditController } from "./edit_controller.js";
import { JoinController } from "./join_controller.js";
import { LiveController } from "./live_controller.js";
import { MessageController } from "./message_controller.js";
import { PanelController } from "./panel_controller.js";
import { PeopleController } from "./people_controller.js";
import { PictureController } from "./picture_controller.js";
import { ReadController } from "./read_controller.js";
import { RoomController } from "./room_controller.js";
import { SeenController } from "./seen_controller.js";
import { ShortcutsController } from "./shortcuts_controller.js";
import { SidebarController } from "./sidebar_controller.js";
import { StatusController } from "./status_controller.js";
import { SwitcherController } from "./switcher_controller.js";
import { ThemeController } from "./theme_controller.js";
import { TimeZoneController } from "./time_zone_controller.js";
import { TimelineController } from "./timeline_controller.js";
import { ToastsController } from "./toasts_controller.js";
import { ToolbarController } from "./toolbar_controller.js";
import { TypingController } from "./typing_controller.js";
import { WorkspaceController } from "./workspace_controller.js";

/** Every behaviour by the name that templates give it. */
export const CONTROLLERS = {
  badge: BadgeController,
  composer: ComposerController,
  confirm: ConfirmController,
  connection: ConnectionController,
  copy: CopyController,
  dialog: DialogController,
  edit: EditController,
  join: JoinController,
  live: LiveController,
  message: MessageController,
  panel: PanelController,
  people: PeopleController,
  picture: PictureController,
  read: ReadController,
  room: RoomController,
  seen: SeenController,
  shortcuts: ShortcutsController,
  sidebar: SidebarController,
  status: StatusController,
  switcher: SwitcherController,
  theme: ThemeController,
  "time-zone": TimeZoneController,
  timeline: TimelineController,
  toasts: ToastsController,
  toolbar: ToolbarController,
  typing: TypingController,
  workspace: WorkspaceController,
};
