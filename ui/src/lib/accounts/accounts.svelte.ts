import { ask } from "../host/ask";
import type { Advice, ComputerView, Doctor, Probed, SecretNames } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";
import { SettingsState } from "../settings/settings.svelte";

/** Where photos come from, where they go, and where the record is. Secrets go in and never come out. */
export class AccountsState {
  readonly secrets: Loaded<SecretNames>;
  readonly doctor: Loaded<Doctor>;
  readonly probed: Loaded<Probed>;
  readonly computers: Loaded<ComputerView[]>;
  readonly settings: SettingsState;
  /** How often a key was kept or forgotten here. */
  keysChanged = $state(0);
  readonly targets = $derived.by(() => Object.keys(this.settings.all.value?.targets ?? {}));

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.secrets = new Loaded(() => ask(host, "secrets", {}));
    this.doctor = new Loaded(() => ask(host, "doctor", {}));
    this.probed = new Loaded(() => ask(host, "probe", {}));
    this.computers = new Loaded(() => ask(host, "computers", {}));
    this.settings = new SettingsState(host);
  }

  async load(): Promise<void> {
    await Promise.all([this.secrets.load(), this.settings.all.load(), this.doctor.load()]);
  }

  has(...names: string[]): boolean {
    const set = this.secrets.value?.set ?? [];
    return names.every((name) => set.includes(name));
  }

  /** What the doctor found of one thing, for example `Flickr` or `target x`. */
  found(what: string): Advice | null {
    // A keyring that cannot be used is said once, not by each place that needs it.
    if (this.secrets.value?.trouble != null && what !== "record") return null;
    return this.doctor.value?.checks.find((check) => check.what === what) ?? null;
  }

  async keep(name: string, value: string): Promise<void> {
    this.secrets.take(await ask(this.#host, "keep_secret", { name, value }));
    this.keysChanged += 1;
    await this.doctor.load();
  }

  async forget(name: string): Promise<void> {
    this.secrets.take(await ask(this.#host, "remove_secret", { name }));
    this.keysChanged += 1;
    await this.doctor.load();
  }

  beginLogin = (place: string): Promise<string> => ask(this.#host, "begin_login", { place });

  /** Answers with the account's name. */
  async finishLogin(place: string, typed: string): Promise<string> {
    const who = await ask(this.#host, "finish_login", { place, typed });
    await Promise.all([this.secrets.load(), this.doctor.load()]);
    return who;
  }

  /** Tests the record's store, and asks the doctor again. */
  test = async (): Promise<void> => {
    await this.probed.load();
    await this.doctor.load();
  };

  /** The place of the record was changed: whether it can be one, as soon as what it needs is there. */
  async placeChanged(): Promise<void> {
    this.probed.forget();
    const bucket = this.settings.all.value?.record.kind === "s3";
    if (bucket && !this.has("s3.access_key_id", "s3.secret_access_key")) return void (await this.doctor.load());
    await this.test();
  }

  /** Whose account the keys of a target open; X charges once for each token, so it is asked once. */
  async testTarget(target: string): Promise<string> {
    try {
      return await ask(this.#host, "test_target", { target });
    } finally {
      await this.doctor.load();
    }
  }

  async nameComputer(name: string): Promise<void> {
    this.computers.take(await ask(this.#host, "name_computer", { name }));
  }

  addTarget = (name: string): Promise<boolean> => this.settings.change({ [`targets.${name}.kind`]: "x" });
  removeTarget = (name: string): Promise<boolean> => this.settings.change({ [`targets.${name}`]: null });
  check = (repair: boolean): Promise<number> => ask(this.#host, "check", { repair });
  restore = (): Promise<number> => ask(this.#host, "restore", {});
}
