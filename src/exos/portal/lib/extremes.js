/*
The least and the largest of any number of values. Math.min(...values) passes each as an argument, and the call stack ends somewhere
above a hundred thousand of them.

  least([3, 1]) → 1      least([]) → Infinity      most([], 1) → 1: not below what is given
*/
export function least(values, found = Infinity) {
  for (const value of values) if (value < found) found = value;
  return found;
}

export function most(values, found = -Infinity) {
  for (const value of values) if (value > found) found = value;
  return found;
}
