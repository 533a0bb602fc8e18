using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    public partial class Tensor
    {
        public Tensor add(Tensor target) => Op.Call("add.Tensor", this, target);
        public Tensor add(Tensor target, Scalar alpha) => Op.Call("add.Tensor", this, target, alpha);
        public Tensor add(Scalar scalar) => Op.Call("add.Scalar", this, scalar);
        public Tensor add(Scalar scalar, Scalar alpha) => Op.Call("add.Scalar", this, scalar, alpha);
        public Tensor add_(Tensor target) => InPlace("add_.Tensor", target);
        public Tensor add_(Tensor target, Scalar alpha) => InPlace("add_.Tensor", target, alpha);
        public Tensor add_(Scalar scalar) => InPlace("add_.Scalar", scalar);
        public Tensor add_(Scalar scalar, Scalar alpha) => InPlace("add_.Scalar", scalar, alpha);

        public Tensor sub(Tensor target) => Op.Call("sub.Tensor", this, target);
        public Tensor sub(Scalar target) => Op.Call("sub.Scalar", this, target);
        public Tensor sub_(Tensor target) => InPlace("sub_.Tensor", target);
        public Tensor sub_(Scalar target) => InPlace("sub_.Scalar", target);
        public Tensor subtract(Tensor target) => sub(target);
        public Tensor subtract(Scalar target) => sub(target);
        public Tensor subtract_(Tensor target) => sub_(target);
        public Tensor subtract_(Scalar target) => sub_(target);

        public Tensor mul(Tensor target) => Op.Call("mul.Tensor", this, target);
        public Tensor mul(Scalar target) => Op.Call("mul.Scalar", this, target);
        public Tensor mul_(Tensor target) => InPlace("mul_.Tensor", target);
        public Tensor mul_(Scalar target) => InPlace("mul_.Scalar", target);
        public Tensor multiply(Tensor target) => mul(target);
        public Tensor multiply(Scalar target) => mul(target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Op.Call("div.Tensor", this, target)
            : Op.Call("div.Tensor_mode", this, target, rounding_mode.ToString());
        public Tensor divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? InPlace("div_.Tensor", target)
            : InPlace("div_.Tensor_mode", target, rounding_mode.ToString());
        public Tensor divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? Op.Call("div.Scalar", this, target)
            : Op.Call("div.Scalar_mode", this, target, rounding_mode.ToString());
        public Tensor divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div(target, rounding_mode);
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => rounding_mode == RoundingMode.None
            ? InPlace("div_.Scalar", target)
            : InPlace("div_.Scalar_mode", target, rounding_mode.ToString());
        public Tensor divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => div_(target, rounding_mode);

        public Tensor floor_divide(Tensor other) => Op.Call("floor_divide", this, other);
        public Tensor floor_divide(Scalar other) => Op.Call("floor_divide.Scalar", this, other);
        public Tensor floor_divide_(Tensor other) => InPlace("floor_divide_.Tensor", other);
        public Tensor floor_divide_(Scalar other) => InPlace("floor_divide_.Scalar", other);
        public Tensor true_divide(Tensor other) => Op.Call("true_divide.Tensor", this, other);
        public Tensor true_divide(Scalar other) => Op.Call("true_divide.Scalar", this, other);
        public Tensor true_divide_(Tensor other) => InPlace("true_divide_.Tensor", other);
        public Tensor true_divide_(Scalar other) => InPlace("true_divide_.Scalar", other);
        public Tensor fmod(Tensor target) => Op.Call("fmod.Tensor", this, target);
        public Tensor fmod(Scalar scalar) => Op.Call("fmod.Scalar", this, scalar);
        public Tensor fmod_(Tensor target) => InPlace("fmod_.Tensor", target);
        public Tensor fmod_(Scalar scalar) => InPlace("fmod_.Scalar", scalar);
        public Tensor remainder(Tensor target) => Op.Call("remainder.Tensor", this, target);
        public Tensor remainder(Scalar scalar) => Op.Call("remainder.Scalar", this, scalar);
        public Tensor remainder_(Tensor target) => InPlace("remainder_.Tensor", target);
        public Tensor remainder_(Scalar scalar) => InPlace("remainder_.Scalar", scalar);

        public Tensor pow(Tensor exponent) => Op.Call("pow.Tensor_Tensor", this, exponent);
        public Tensor pow(Scalar exponent) => Op.Call("pow.Tensor_Scalar", this, exponent);
        public Tensor pow_(Tensor exponent) => InPlace("pow_.Tensor", exponent);
        public Tensor pow_(Scalar exponent) => InPlace("pow_.Scalar", exponent);

        public Tensor atan2(Tensor other) => Op.Call("atan2", this, other);
        public Tensor atan2_(Tensor other) => InPlace("atan2_", other);
        public Tensor hypot(Tensor other) => Op.Call("hypot", this, other);
        public Tensor logaddexp(Tensor other) => Op.Call("logaddexp", this, other);
        public Tensor logaddexp2(Tensor other) => Op.Call("logaddexp2", this, other);
        public Tensor copysign(Tensor other) => Op.Call("copysign.Tensor", this, other);
        public Tensor fmax(Tensor other) => Op.Call("fmax", this, other);
        public Tensor fmin(Tensor other) => Op.Call("fmin", this, other);
        public Tensor maximum(Tensor other) => Op.Call("maximum", this, other);
        public Tensor minimum(Tensor other) => Op.Call("minimum", this, other);
        public Tensor max(Tensor other) => maximum(other);
        public Tensor min(Tensor other) => minimum(other);

        public Tensor xlogy(Tensor y) => Op.Call("xlogy.Tensor", this, y);
        public Tensor xlogy(Scalar y) => Op.Call("xlogy.Scalar_Other", this, y);

        public Tensor logical_and(Tensor other) => Op.Call("logical_and", this, other);
        public Tensor logical_and_(Tensor other) => InPlace("logical_and_", other);
        public Tensor logical_or(Tensor other) => Op.Call("logical_or", this, other);
        public Tensor logical_or_(Tensor other) => InPlace("logical_or_", other);
        public Tensor logical_xor(Tensor other) => Op.Call("logical_xor", this, other);
        public Tensor logical_xor_(Tensor other) => InPlace("logical_xor_", other);
        public Tensor bitwise_and(Tensor other) => Op.Call("bitwise_and.Tensor", this, other);
        public Tensor bitwise_and_(Tensor other) => InPlace("bitwise_and_.Tensor", other);
        public Tensor bitwise_or(Tensor other) => Op.Call("bitwise_or.Tensor", this, other);
        public Tensor bitwise_or_(Tensor other) => InPlace("bitwise_or_.Tensor", other);
        public Tensor bitwise_xor(Tensor other) => Op.Call("bitwise_xor.Tensor", this, other);
        public Tensor bitwise_xor_(Tensor other) => InPlace("bitwise_xor_.Tensor", other);
        public Tensor bitwise_left_shift(Tensor other) => Op.Call("bitwise_left_shift.Tensor", this, other);
        public Tensor bitwise_right_shift(Tensor other) => Op.Call("bitwise_right_shift.Tensor", this, other);

        public Tensor lerp(Tensor end, Tensor weight) => Op.Call("lerp.Tensor", this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => InPlace("lerp_.Tensor", end, weight);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Op.Call("addcmul", this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace("addcmul_", tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Op.Call("addcdiv", this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2) => Op.Call("addcdiv", this, tensor1, tensor2);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => InPlace("addcdiv_", tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => InPlace("addcdiv_", tensor1, tensor2);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Op.Call("clamp", this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => Op.Call("clamp.Tensor", this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => InPlace("clamp_", min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => InPlace("clamp_.Tensor", min, max);
        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);
        public Tensor clamp_max(Scalar max) => Op.Call("clamp_max", this, max);
        public Tensor clamp_max_(Scalar max) => InPlace("clamp_max_", max);
        public Tensor clamp_min(Scalar min) => Op.Call("clamp_min", this, min);
        public Tensor clamp_min_(Scalar min) => InPlace("clamp_min_", min);
    }
}
