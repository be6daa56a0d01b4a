// What a decoder graph is fed besides ids and weights: shapes, the causal mask, positions and the rotary tables.
import type { DecoderConfig } from "./decoder-config.ts";

export type FeedTensor = { readonly shape: readonly number[]; readonly data: Float32Array | BigInt64Array };
export type Feeds = Readonly<Record<string, FeedTensor>>;

/** Scores are at most a few hundred, so this one underflows to a weight of exactly 0. */
const never = -1e9;

export const integers = (values: readonly number[], shape: readonly number[] = [values.length]): FeedTensor => ({
  shape,
  data: BigInt64Array.from(values, BigInt),
});

/** Su et al. 2021: the angle of position t and component i is t · base^(−2i / size). */
export function rotaryTables({ maximumLength, headSize, ropeBase }: DecoderConfig): Feeds {
  const half = headSize / 2;
  const angles = Float64Array.from({ length: maximumLength * half }, (_, index) => {
    const component = index % half;
    return Math.floor(index / half) * ropeBase ** ((-2 * component) / headSize);
  });
  const shape = [maximumLength, half];
  return {
    cosines: { shape, data: Float32Array.from(angles, Math.cos) },
    sines: { shape, data: Float32Array.from(angles, Math.sin) },
  };
}

/** For `batch` sequences of `time` new tokens that follow `past` remembered ones. */
export function sequenceFeeds(
  config: DecoderConfig,
  { batch, time, past = 0 }: { readonly batch: number; readonly time: number; readonly past?: number },
): Feeds {
  const { heads, keyHeads, headSize } = config;
  const positions = Array.from({ length: batch * time }, (_, index) => past + (index % time));
  return {
    queryShape: integers([batch, time, heads, headSize]),
    queryHeadShape: integers([batch, heads, time, headSize]),
    keyShape: integers([batch, time, keyHeads, headSize]),
    positions: integers(positions, [batch, time]),
    mask: causalMask(heads / keyHeads, time, past),
  };
}

function causalMask(group: number, time: number, past: number): FeedTensor {
  const keys = past + time;
  const data = new Float32Array(group * time * keys);
  for (let row = 0; row < group * time; row++) {
    data.fill(never, row * keys + past + (row % time) + 1, (row + 1) * keys);
  }
  return { shape: [group * time, keys], data };
}
