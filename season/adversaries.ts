import { tensorFromBytes, cidFromBytes } from "@artel/sdk/learning";
import { Client, type RoundState, type Update } from "@artel/node";

/**
 * A client without work of its own: it sends in again, value for value, the update that the first client revealed in
 * the last round. In the first round there is nothing to copy yet.
 */
export class CopyingClient extends Client {
  protected override async train({ round }: RoundState): Promise<Update | undefined> {
    const { view } = this.context;
    // By place, not by time: who commits first is chance.
    const [victim] = (await view.updates(round - 1n)).sort((a, b) => a.index - b.index);
    if (victim === undefined) return undefined;
    const { parameterCount } = await view.trainer();
    const delta = tensorFromBytes(await view.content.get(cidFromBytes(victim.cid)), parameterCount);
    return { delta, samples: Number(victim.samples) };
  }
}
