import { expect, it } from "vitest";

import { spanText } from "../i18n/dates";
import { i18n } from "../i18n/i18n.svelte";
import { spansOf } from "./spans";

const months = (...list: [year: number, month: number, count: number][]) => list.map(([year, month, count]) => ({ year, month, count }));

it.each([
  ["dense months stay months", months([2024, 3, 40], [2024, 2, 20], [2023, 9, 11]), ["March 2024 40", "February 2024 20", "September 2023 11"]],
  ["sparse months of a year go together until they fill rows", months([2024, 12, 4], [2024, 11, 3], [2024, 9, 5], [2024, 4, 9], [2024, 1, 8]), ["September – December 2024 12", "January – April 2024 17"]],
  ["the tail of a year joins what is before it", months([2024, 12, 30], [2024, 3, 2]), ["2024 32"]],
  ["sparse years go together", months([2021, 5, 4], [2020, 8, 3], [2020, 2, 2], [2018, 1, 3]), ["2018 – 2021 12"]],
  ["a year with enough ends them", months([2021, 5, 4], [2020, 8, 30], [2019, 2, 2]), ["May 2021 4", "August 2020 30", "February 2019 2"]],
  ["what has no date stays apart", months([2021, 5, 4], [2020, 5, 1], [0, 0, 3]), ["2020 – 2021 5", "No date 3"]],
  ["a month that is not known counts as its year", months([2021, 5, 12], [2020, 0, 12]), ["May 2021 12", "2020 12"]],
  ["nothing is nothing", [], []],
] as const)("%s", (_what, list, wanted) => {
  i18n.asked = "en";
  // Intl sets thin spaces around the dash.
  expect(spansOf(list, 10).map((span) => `${spanText(span)} ${span.count}`.replace(/\s/g, " "))).toEqual(wanted);
});
