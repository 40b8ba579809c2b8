#include "textflag.h"

// Loops over whole vectors of AVX2, two at a time in mark. What they compute is
// said where they are declared; n is a positive multiple of what they take.

DATA swapLong<>+0(SB)/8, $0x0405060700010203
DATA swapLong<>+8(SB)/8, $0x0c0d0e0f08090a0b
GLOBL swapLong<>(SB), RODATA|NOPTR, $16

DATA swapQuad<>+0(SB)/8, $0x0001020304050607
DATA swapQuad<>+8(SB)/8, $0x08090a0b0c0d0e0f
GLOBL swapQuad<>(SB), RODATA|NOPTR, $16

// func decodeAVX2(dst *float32, raw *byte, n int) (bad uint32)
TEXT ·decodeAVX2(SB), NOSPLIT, $0-28
	MOVQ dst+0(FP), DI
	MOVQ raw+8(FP), SI
	MOVQ n+16(FP), CX
	VBROADCASTI128 swapLong<>(SB), Y0
	MOVL $0x7f800000, AX
	VMOVD AX, X1
	VPBROADCASTD X1, Y1
	VPXOR Y2, Y2, Y2
decode:
	VMOVDQU (SI), Y3
	VPSHUFB Y0, Y3, Y3
	VMOVDQU Y3, (DI)
	VPAND Y1, Y3, Y3
	VPCMPEQD Y1, Y3, Y3
	VPOR Y3, Y2, Y2
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JNZ decode
	VPMOVMSKB Y2, AX
	VZEROUPPER
	MOVL AX, bad+24(FP)
	RET

// func betweenAVX2(raw *byte, n int, lowest, step, width uint64) (bad uint32)
TEXT ·betweenAVX2(SB), NOSPLIT, $0-44
	MOVQ raw+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ lowest+16(FP), AX
	MOVQ step+24(FP), BX
	VBROADCASTI128 swapQuad<>(SB), Y0
	VMOVQ AX, X1
	ADDQ BX, AX
	VPINSRQ $1, AX, X1, X1
	ADDQ BX, AX
	VMOVQ AX, X2
	ADDQ BX, AX
	VPINSRQ $1, AX, X2, X2
	VINSERTI128 $1, X2, Y1, Y1
	SHLQ $2, BX
	VMOVQ BX, X2
	VPBROADCASTQ X2, Y2
	VPBROADCASTQ width+32(FP), Y3
	VPXOR Y4, Y4, Y4
between:
	VMOVDQU (SI), Y5
	VPSHUFB Y0, Y5, Y5
	VPSUBQ Y1, Y5, Y5 // above the lowest, negative where it is not
	VPSUBQ Y5, Y3, Y6 // below the highest, likewise
	VPOR Y5, Y4, Y4
	VPOR Y6, Y4, Y4
	VPADDQ Y2, Y1, Y1
	ADDQ $32, SI
	SUBQ $4, CX
	JNZ between
	VMOVMSKPD Y4, AX
	VZEROUPPER
	MOVL AX, bad+40(FP)
	RET

// func markAVX2(marks *byte, x *float32, n int, lo, hi uint32) (below int)
TEXT ·markAVX2(SB), NOSPLIT, $0-40
	MOVQ marks+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	MOVL lo+24(FP), AX
	VMOVD AX, X0
	VPBROADCASTD X0, Y0
	MOVL hi+28(FP), BX
	VMOVD BX, X1
	VPBROADCASTD X1, Y1
	VPXOR Y8, Y8, Y8
mark:
	VMOVDQU (SI), Y2
	VMOVDQU 32(SI), Y5
	VPCMPGTD Y2, Y0, Y3 // lo > x
	VPCMPGTD Y5, Y0, Y6
	VPCMPGTD Y1, Y2, Y4 // x > hi
	VPCMPGTD Y1, Y5, Y7
	VPADDD Y3, Y8, Y8 // by -1 where it is below
	VPADDD Y6, Y8, Y8
	VPOR Y3, Y4, Y4
	VPOR Y6, Y7, Y7
	VMOVMSKPS Y4, AX
	VMOVMSKPS Y7, BX
	SHLL $8, BX
	ORL BX, AX
	NOTL AX
	MOVW AX, (DI)
	ADDQ $64, SI
	ADDQ $2, DI
	SUBQ $16, CX
	JNZ mark
	VEXTRACTI128 $1, Y8, X0
	VPADDD X0, X8, X0
	VPSHUFD $0x4e, X0, X1
	VPADDD X1, X0, X0
	VPSHUFD $0xb1, X0, X1
	VPADDD X1, X0, X0
	VMOVD X0, AX
	VZEROUPPER
	NEGL AX
	MOVQ AX, below+32(FP)
	RET

// func divideAVX2(x *float32, n int, scale float32)
TEXT ·divideAVX2(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTSS scale+16(FP), Y0
divide:
	VMOVUPS (SI), Y1
	VDIVPS Y0, Y1, Y1
	VMOVUPS Y1, (SI)
	ADDQ $32, SI
	SUBQ $8, CX
	JNZ divide
	VZEROUPPER
	RET
