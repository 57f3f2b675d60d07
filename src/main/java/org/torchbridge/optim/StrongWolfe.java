package org.torchbridge.optim;

import org.torchbridge.Tensor;

/**
 * Looks for a step along a direction that lowers the loss enough and at whose end the slope is flat enough: the strong
 * Wolfe conditions. It first goes on until such a step lies between two points, then makes that bracket smaller by cubic
 * interpolation.
 */
final class StrongWolfe {
    private static final double LEAST_DECREASE = 1e-4;
    private static final double FLATNESS = 0.9;
    private static final int MOST_ITERATIONS = 25;
    private static final double LEAST_GROWTH = 0.01;
    private static final double LARGEST_GROWTH = 10;
    private static final double MARGIN = 0.1;

    private final Objective objective;
    private final Point start;
    private final double largestElement;
    private final double toleranceChange;
    private final boolean isSingle;
    private int iterations;
    private int evaluations;

    /** The loss, its gradient and the slope along the direction at the end of a step. */
    record Point(double step, double loss, Tensor gradient, double slope) {}

    /** Evaluates the loss at the end of a step. */
    interface Objective {
        Point at(double step);
    }

    /**
     * A search from {@code start}, whose step is 0, along a direction whose largest element is {@code largestElement}.
     *
     * @param isSingle whether Python computes with {@code float32} here
     */
    StrongWolfe(Objective objective, Point start, double largestElement, double toleranceChange, boolean isSingle) {
        this.objective = objective;
        this.start = start;
        this.largestElement = largestElement;
        this.toleranceChange = toleranceChange;
        this.isSingle = isSingle;
    }

    int evaluations() {
        return evaluations;
    }

    Point search(double firstStep) {
        Point previous = start;
        Point current = evaluate(firstStep);
        while (iterations < MOST_ITERATIONS) {
            if (isTooHigh(current) || iterations > 1 && current.loss >= previous.loss) {
                return zoom(previous, current);
            }
            if (isFlat(current)) {
                return current;
            }
            if (current.slope >= 0) {
                return zoom(previous, current);
            }
            double next = interpolated(
                    previous,
                    current,
                    current.step + LEAST_GROWTH * (current.step - previous.step),
                    current.step * LARGEST_GROWTH);
            previous = current;
            current = evaluate(next);
            iterations++;
        }
        return zoom(start, current);
    }

    private Point zoom(Point first, Point second) {
        Point[] bracket = {first, second};
        int low = lower(bracket);
        boolean wasNearEdge = false;
        while (iterations < MOST_ITERATIONS
                && Math.abs(bracket[1].step - bracket[0].step) * largestElement >= toleranceChange) {
            double least = Math.min(bracket[0].step, bracket[1].step);
            double most = Math.max(bracket[0].step, bracket[1].step);
            double step = interpolated(bracket[0], bracket[1], least, most);
            boolean isNearEdge = Math.min(most - step, step - least) < MARGIN * (most - least);
            if (isNearEdge && (wasNearEdge || step >= most || step <= least)) {
                step = awayFromEdge(step, least, most);
                isNearEdge = false;
            }
            wasNearEdge = isNearEdge;

            Point next = evaluate(step);
            iterations++;
            if (isTooHigh(next) || next.loss >= bracket[low].loss) {
                bracket[1 - low] = next;
                low = lower(bracket);
                continue;
            }
            boolean found = isFlat(next);
            if (!found && next.slope * (bracket[1 - low].step - bracket[low].step) >= 0) {
                bracket[1 - low] = bracket[low];
            }
            bracket[low] = next;
            if (found) {
                break;
            }
        }
        return bracket[low];
    }

    private static int lower(Point[] bracket) {
        return bracket[0].loss <= bracket[1].loss ? 0 : 1;
    }

    private static double awayFromEdge(double step, double least, double most) {
        double margin = MARGIN * (most - least);
        return Math.abs(step - most) < Math.abs(step - least) ? most - margin : least + margin;
    }

    private Point evaluate(double step) {
        evaluations++;
        return objective.at(step);
    }

    private boolean isTooHigh(Point point) {
        return point.loss > rounded(start.loss + rounded(LEAST_DECREASE * point.step * start.slope));
    }

    private boolean isFlat(Point point) {
        return Math.abs(point.slope) <= rounded(-FLATNESS * start.slope);
    }

    /** The minimum of the cubic polynomial through both points with their slopes, or the middle if it has none. */
    private double interpolated(Point one, Point other, double least, double most) {
        Point left = one.step <= other.step ? one : other;
        Point right = left == one ? other : one;
        double rise =
                rounded(rounded(left.slope + right.slope) - 3 * (left.loss - right.loss) / (left.step - right.step));
        double square = rounded(rounded(rise * rise) - rounded(left.slope * right.slope));
        if (square < 0) {
            return (least + most) / 2;
        }
        double root = rounded(Math.sqrt(square));
        double share = rounded(rounded(rounded(right.slope + root) - rise)
                / rounded(rounded(right.slope - left.slope) + rounded(2 * root)));
        double step = rounded(right.step - rounded((right.step - left.step) * share));
        return Math.min(Math.max(step, least), most);
    }

    private double rounded(double value) {
        return isSingle ? (float) value : value;
    }
}
