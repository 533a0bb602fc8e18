using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => target is null ? false : Op.Call("eq.Tensor", this, target);
        public Tensor eq_(Tensor target) => target is null ? false : InPlace("eq_.Tensor", target);
        public Tensor eq(Scalar target) => target is null ? false : Op.Call("eq.Scalar", this, target);
        public Tensor eq_(Scalar target) => target is null ? false : InPlace("eq_.Scalar", target);
        public Tensor ge(Tensor target) => target is null ? false : Op.Call("ge.Tensor", this, target);
        public Tensor ge_(Tensor target) => target is null ? false : InPlace("ge_.Tensor", target);
        public Tensor ge(Scalar target) => target is null ? false : Op.Call("ge.Scalar", this, target);
        public Tensor ge_(Scalar target) => target is null ? false : InPlace("ge_.Scalar", target);
        public Tensor gt(Tensor target) => target is null ? false : Op.Call("gt.Tensor", this, target);
        public Tensor gt_(Tensor target) => target is null ? false : InPlace("gt_.Tensor", target);
        public Tensor gt(Scalar target) => target is null ? false : Op.Call("gt.Scalar", this, target);
        public Tensor gt_(Scalar target) => target is null ? false : InPlace("gt_.Scalar", target);
        public Tensor le(Tensor target) => Op.Call("le.Tensor", this, target);
        public Tensor le_(Tensor target) => InPlace("le_.Tensor", target);
        public Tensor le(Scalar target) => Op.Call("le.Scalar", this, target);
        public Tensor le_(Scalar target) => InPlace("le_.Scalar", target);
        public Tensor lt(Tensor target) => Op.Call("lt.Tensor", this, target);
        public Tensor lt_(Tensor target) => InPlace("lt_.Tensor", target);
        public Tensor lt(Scalar target) => Op.Call("lt.Scalar", this, target);
        public Tensor lt_(Scalar target) => InPlace("lt_.Scalar", target);
        public Tensor ne(Tensor target) => Op.Call("ne.Tensor", this, target);
        public Tensor ne_(Tensor target) => InPlace("ne_.Tensor", target);
        public Tensor ne(Scalar target) => Op.Call("ne.Scalar", this, target);
        public Tensor ne_(Scalar target) => InPlace("ne_.Scalar", target);

        public Tensor greater(Tensor target) => gt(target);
        public Tensor greater_equal(Tensor target) => ge(target);
        public Tensor less(Tensor target) => lt(target);
        public Tensor less_equal(Tensor target) => le(target);
        public Tensor less_equal_(Tensor target) => le_(target);
        public Tensor not_equal(Tensor target) => ne(target);
        public Tensor not_equal_(Tensor target) => ne_(target);

        /// <summary>Compares element by element; <see cref="Equals(Tensor)"/> compares the whole.</summary>
        public Tensor equal(Tensor target) => eq(target);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            target is not null && Op.CallBool("allclose", this, target, rtol, atol, equal_nan);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Op.Call("isclose", this, other, rtol, atol, nanEqual);

        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);
        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);
        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);
        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);
    }
}
